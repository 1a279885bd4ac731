import { codeOf, StorageError, type StorageAdapter } from '../../contract/index.ts';
import { changeWriters, lockOf, replaceLock, type Equivalent } from '../mutant.ts';

/** A section that is ended during its commit is told that the outcome is unknown. */
export const endsUnknown: Equivalent = {
  name: 'ends-unknown',
  reason:
    'A section that is ended during its COMMIT loses the connection and gets no answer: the outcome is unknown.',
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
