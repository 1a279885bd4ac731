import { decodeListCursor } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { pageOf, readAll, replaceLists, type Item } from '../../stores.ts';

/** Lists of streams are sorted by the time of the last update. */
export const updateOrder: Mutant = {
  name: 'order-by-updated-at',
  origin: 'ORDER BY updated_at: every write moves its row to the end, where readers miss it or see it again.',
  clauses: ['CUR-01', 'CUR-05'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLists(adapter, (read, shape) => async (request) => {
      if (shape.name !== 'streams.list') return read(request);
      const { limit, cursor } = request;
      await read(request);
      const sorted = (await readAll(read, request)).sort((a, b) => (key(a) < key(b) ? -1 : 1));
      if (cursor === undefined) return pageOf(sorted, limit, shape);
      const { id } = decodeListCursor(cursor);
      return pageOf(sorted.slice(1 + sorted.findIndex((item) => shape.idOf(item) === id)), limit, shape);
    }),
};

function key(item: Item): string {
  return 'updatedAt' in item ? item.updatedAt : '';
}
