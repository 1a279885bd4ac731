import { decodeScanCursor } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { pageOf, readAll, replaceLists } from '../../stores.ts';

/** The next page of a scan begins with the row of the cursor. */
export const inclusiveScan: Mutant = {
  name: 'inclusive-scan',
  origin: 'ExclusiveStartKey is treated as inclusive, or `startAt` is used for `startAfter`.',
  clauses: ['CUR-01', 'CUR-02'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLists(adapter, (read, shape) => async (request) => {
      const { limit, cursor } = request;
      if (shape.by === 'time' || cursor === undefined) return read(request);
      await read(request);
      const at = decodeScanCursor(cursor);
      const all = await readAll(read, request);
      return pageOf(all.slice(all.findIndex((item) => shape.idOf(item) === at)), limit, shape);
    }),
};
