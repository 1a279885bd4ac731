/** What adapters do if the connection breaks during COMMIT. */
import { codeOf, StorageError } from '../../contract/index.ts';
import { lockOf, replaceLock, type Mutant } from '../mutant.ts';
import { preparingCommits } from './preparingCommits.ts';

type Call = Parameters<ReturnType<typeof lockOf>>;

/** A withLock that does `instead` if the outcome of the commit is unknown. */
function onLostCommit(
  about: Pick<Mutant, 'name' | 'origin'>,
  instead: <T>(value: T | undefined, again: () => Promise<T>, error: unknown) => Promise<T>,
): Mutant {
  return {
    ...about,
    clauses: ['TX-03'],
    bases: ['postgres'],
    mutate: (adapter) =>
      replaceLock(adapter, async <T>(...[id, callback, options]: Call) => {
        let value: T | undefined;
        const noting: Call[1] = async (view) => (value = (await callback(view)) as T);
        const run = async (): Promise<T> => (await lockOf(adapter)(id, noting, options)) as T;
        try {
          return await run();
        } catch (error) {
          if (codeOf(error) !== 'OUTCOME_UNKNOWN') throw error;
          return await instead(value, run, error);
        }
      }),
  };
}

/** The section is run again. */
export const blindCommitRetry: Mutant = onLostCommit(
  {
    name: 'blind-commit-retry',
    origin: 'A retry on any connection error around the whole transaction, including COMMIT.',
  },
  (_, again) => again(),
);

/** The caller is told that nothing happened. */
export const commitLossUnavailable: Mutant = onLostCommit(
  {
    name: 'commit-loss-unavailable',
    origin: 'Every connection error is mapped to "unavailable, try again", including that of COMMIT.',
  },
  async (_, _again, error) => {
    throw new StorageError('UNAVAILABLE', 'The connection was lost. Nothing happened; try again.', {
      cause: error,
    });
  },
);

/** The caller is told that another writer was first, and so that nothing happened. */
export const commitLossConflict: Mutant = onLostCommit(
  {
    name: 'commit-loss-conflict',
    origin: 'Every error of COMMIT counts as a serialization failure, which has rolled back.',
  },
  async (_, _again, error) => {
    throw new StorageError('CONFLICT', 'Another transaction was first. Nothing happened; try again.', {
      cause: error,
    });
  },
);

/** The caller is told that the section committed. */
export const commitLossSuccess: Mutant = onLostCommit(
  {
    name: 'commit-loss-success',
    origin: 'client.query("COMMIT").catch(log): an error that comes so late is considered harmless.',
  },
  async (value) => value as NonNullable<typeof value>,
);

/**
 * The same with a driver that sends COMMIT as a prepared statement: the word occurs only in the first message, so a
 * fault that searches for it misses later commits.
 */
export const preparedCommitLoss: Mutant = {
  ...commitLossSuccess,
  name: 'prepared-commit-loss',
  pool: preparingCommits,
};
