import { decodeListCursor, decodeScanCursor } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { pageOf, readAll, replaceLists, type Item, type ListShape } from '../../stores.ts';

/** Ids are compared like JavaScript compares texts: by UTF-16 code units, where astral characters are not last. */
export const utf16Order: Mutant = {
  name: 'utf16-order',
  origin: '`a.id < b.id` in an adapter in memory: no database has this order.',
  clauses: ['CUR-04'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLists(adapter, (read, shape) => async (request) => {
      const { limit, cursor } = request;
      await read(request);
      const sorted = (await readAll(read, request)).sort((a, b) => order(shape, a, b));
      return pageOf(
        cursor === undefined ? sorted : sorted.slice(positionBehind(sorted, shape, cursor)),
        limit,
        shape,
      );
    }),
};

function order({ by, latestFirst, idOf, timeOf }: ListShape, a: Item, b: Item): number {
  const key = (item: Item): string => (by === 'id' ? '' : timeOf(item).slice(0, -1).padEnd(26, '0'));
  const [x, y] = [key(a), key(b)];
  const rising = x === y ? (idOf(a) < idOf(b) ? -1 : 1) : x < y ? -1 : 1;
  return latestFirst ? -rising : rising;
}

/** The number of rows in `sorted` up to the row of the cursor. */
function positionBehind(sorted: readonly Item[], { by, idOf }: ListShape, cursor: string): number {
  const id = by === 'id' ? decodeScanCursor(cursor) : decodeListCursor(cursor).id;
  return 1 + sorted.findIndex((item) => idOf(item) === id);
}
