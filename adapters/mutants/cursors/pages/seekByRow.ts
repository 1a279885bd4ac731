/** Cursors that point to a row as it is now, not as it was when the cursor was made. */
import { compareIds, compareTimestamps, decodeListCursor } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { pageOf, readAll, replaceLists } from '../../stores.ts';

/**
 * Seeks to the row of the cursor and skips one row. If the row of the cursor has left the filter, another row is
 * skipped.
 */
export const offsetPastRow: Mutant = {
  name: 'offset-past-row',
  origin:
    'Keyset pagination with >= and OFFSET 1 to skip the row of the cursor: if that row has left the filter, another one is skipped.',
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

/** Continues after the current place of the row of the cursor. */
export const seekByRow: Mutant = {
  name: 'seek-by-row',
  origin:
    'WHERE (created_at, id) > (SELECT created_at, id … WHERE id = $1): uses the place of the row now, not when it was shown.',
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
