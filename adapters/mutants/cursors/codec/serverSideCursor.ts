import { StorageError } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { replaceLists } from '../../stores.ts';

/** An instance accepts only the cursors that it has issued itself. */
export const serverSideCursor: Mutant = {
  name: 'server-side-cursor',
  origin:
    'Open readers are kept in a Map of the process, or in a cursor of the database session: a restart loses them.',
  clauses: ['CUR-07'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const issued = new Set<string>();
    return replaceLists(adapter, (read) => async (request) => {
      const { cursor } = request;
      if (cursor !== undefined && !issued.has(cursor)) {
        throw new StorageError('INVALID_CURSOR', 'Expected a cursor of an open reader.');
      }
      const page = await read(request);
      if (page.nextCursor !== undefined) issued.add(page.nextCursor);
      return page;
    });
  },
};
