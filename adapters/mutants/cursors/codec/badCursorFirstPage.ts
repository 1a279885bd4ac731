import type { StorageError } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { replaceLists } from '../../stores.ts';

/** An unreadable cursor is ignored, so the first page is returned. */
export const badCursorFirstPage: Mutant = {
  name: 'bad-cursor-first-page',
  origin: 'StreamPay’s decoder never fails; a reader with a broken cursor starts again, possibly forever.',
  clauses: ['CUR-03'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLists(adapter, (read) => async (request) => {
      try {
        return await read(request);
      } catch (error) {
        if ((error as StorageError).code !== 'INVALID_CURSOR') throw error;
        const { cursor: _cursor, ...first } = request;
        return read(first);
      }
    }),
};
