import { decodeScanCursor, encodeListCursor } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { readAll, replaceLists } from '../../stores.ts';

/** A list takes the cursor of the scan, and goes on behind the row that it names. */
export const foreignCursor: Mutant = {
  name: 'foreign-cursor',
  origin: 'The cursor is an id, and every list looks the row up to know where it is: any id will do.',
  clauses: ['CUR-03'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLists(adapter, (read, { by, idOf, timeOf }) => async (request) => {
      const id = by === 'id' ? undefined : scanned(request.cursor);
      if (id === undefined) return read(request);
      const row = (await readAll(read, request)).find((item) => idOf(item) === id);
      if (row === undefined) return read(request);
      return read({ ...request, cursor: encodeListCursor({ timestamp: timeOf(row), id }) });
    }),
};

function scanned(cursor: string | undefined): string | undefined {
  try {
    return cursor === undefined ? undefined : decodeScanCursor(cursor);
  } catch {
    return undefined;
  }
}
