import { decodeListCursor, decodeScanCursor } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { readAll, replaceLists } from '../../stores.ts';

/** The list ends if the row of the cursor was removed. */
export const deadRowCursor: Mutant = {
  name: 'dead-row-cursor',
  origin:
    '`WHERE (created_at, id) > (SELECT created_at, id … WHERE id = $1)`: a comparison with NULL finds nothing.',
  clauses: ['CUR-07'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLists(adapter, (read, { by, idOf }) => async (request) => {
      const { cursor } = request;
      const page = await read(request);
      if (cursor === undefined) return page;
      const id = by === 'id' ? decodeScanCursor(cursor) : decodeListCursor(cursor).id;
      const all = await readAll(read, request);
      return all.some((item) => idOf(item) === id) ? page : { items: [] };
    }),
};
