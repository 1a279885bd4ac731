import { codeOf, StorageError, type StorageAdapter } from '../../contract/index.ts';
import { changeWriters, lockOf, replaceLock, type Equivalent } from '../mutant.ts';

/** A section that is ended as it commits is told that nobody knows whether it did. */
export const endsUnknown: Equivalent = {
  name: 'ends-unknown',
  reason:
    'Who is ended while its COMMIT is under way loses the connection and gets no answer: nobody knows whether it was committed.',
  bases: ['memory', 'postgres', 'postgres-lease'],
  mutate: unanswered,
};

function unanswered(adapter: StorageAdapter): StorageAdapter {
  const changed = replaceLock(adapter, async (id, callback, options) => {
    let isOver = false;
    try {
      return await lockOf(adapter)(
        id,
        async (view) => {
          const value = await callback(view);
          isOver = true;
          return value;
        },
        options,
      );
    } catch (error) {
      if (!isOver || codeOf(error) !== 'FENCED') throw error;
      throw new StorageError('OUTCOME_UNKNOWN', 'Expected an answer to the COMMIT, got none.', {
        cause: error,
      });
    }
  });
  return changeWriters(changed, unanswered);
}
