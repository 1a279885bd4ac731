import { decodeScanCursor, encodeListCursor } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { readAll, replaceLists } from '../../stores.ts';

/** A list accepts a cursor of the scan, and continues after the row that it names. */
export const foreignCursor: Mutant = {
  name: 'foreign-cursor',
  origin: 'The cursor is an id, and every list reads its row to find the place: any id is accepted.',
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
