import { decodeListCursor } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { pageOf, readAll, replaceLists, type Item, type ListShape } from '../../stores.ts';

/** Times are compared as texts: 00.123Z comes after 00.123456Z. */
export const timesAsText: Mutant = {
  name: 'times-as-text',
  origin: 'ISO-8601 is said to sort as text, but with different numbers of digits it does not.',
  clauses: ['CUR-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLists(adapter, (read, shape) => async (request) => {
      const { limit, cursor } = request;
      if (shape.by === 'id') return read(request);
      await read(request);
      const sorted = (await readAll(read, request)).sort((a, b) => order(shape, a, b));
      if (cursor === undefined) return pageOf(sorted, limit, shape);
      const { id } = decodeListCursor(cursor);
      return pageOf(sorted.slice(1 + sorted.findIndex((item) => shape.idOf(item) === id)), limit, shape);
    }),
};

/** Rows with equal times stay in the order of the reference, because the sort is stable. */
function order({ latestFirst, timeOf }: ListShape, a: Item, b: Item): number {
  const [x, y] = [timeOf(a), timeOf(b)];
  const rising = x === y ? 0 : x < y ? -1 : 1;
  return latestFirst ? -rising : rising;
}
