/** Cursors that are taken for the row that they were made of, as it is by now. */
import { compareIds, compareTimestamps, decodeListCursor } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { pageOf, readAll, replaceLists } from '../../stores.ts';

/** Goes to the row of the cursor and leaves out one row, which is another one when that row has left the filter. */
export const offsetPastRow: Mutant = {
  name: 'offset-past-row',
  origin:
    'Keyset with >= and OFFSET 1, to leave out the row of the cursor: when it has left the filter, another one is left out.',
  clauses: ['CUR-05', 'CUR-07'],
  bases: ['memory'],
  mutate: (adapter) =>
    replaceLists(adapter, (read, shape) => async (request) => {
      const { cursor, status, ...everything } = request;
      if (cursor === undefined || shape.name !== 'streams.list' || status === undefined) return read(request);
      const page = await read(request);
      const { id } = decodeListCursor(cursor);
      const row = (await readAll(read, everything)).find((item) => shape.idOf(item) === id);
      const isLeft = row !== undefined && 'status' in row && row.status !== status;
      if (!isLeft || page.items.length === 0) return page;
      return { ...page, items: page.items.slice(1) };
    }),
};

/** Goes on behind the place where the row of the cursor stands by now. */
export const seekByRow: Mutant = {
  name: 'seek-by-row',
  origin:
    'WHERE (created_at, id) > (SELECT created_at, id … WHERE id = $1): the place is that of the row now, not as it was shown.',
  clauses: ['CUR-05', 'CUR-07'],
  bases: ['memory'],
  mutate: (adapter) =>
    replaceLists(adapter, (read, shape) => async (request) => {
      const { cursor } = request;
      const page = await read(request);
      if (cursor === undefined || shape.name !== 'streams.list') return page;
      const { id } = decodeListCursor(cursor);
      const { status: _status, ...everything } = request;
      const row = (await readAll(read, everything)).find((item) => shape.idOf(item) === id);
      if (row === undefined) return page;
      const all = await readAll(read, request);
      const behind = all.filter(
        (item) =>
          (compareTimestamps(shape.timeOf(item), shape.timeOf(row)) || compareIds(shape.idOf(item), id)) > 0,
      );
      return pageOf(behind, request.limit, shape);
    }),
};
