/** What adapters make of a connection that breaks while COMMIT is under way. */
import { codeOf, StorageError } from '../../contract/index.ts';
import { lockOf, replaceLock, type Mutant } from '../mutant.ts';
import { preparingCommits } from './preparingCommits.ts';

type Call = Parameters<ReturnType<typeof lockOf>>;

/** A withLock that resolves or rejects with what `instead` does when nobody knows whether it has committed. */
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
    origin: 'A retry on any connection error around the whole transaction, COMMIT included.',
  },
  (_, again) => again(),
);

/** The caller is told that nothing happened. */
export const commitLossUnavailable: Mutant = onLostCommit(
  {
    name: 'commit-loss-unavailable',
    origin: 'Every connection error is mapped to "unavailable, try again", that of COMMIT too.',
  },
  async (_, _again, error) => {
    throw new StorageError('UNAVAILABLE', 'The connection was lost. Nothing happened; try again.', {
      cause: error,
    });
  },
);

/** The caller is told that somebody else was there first, and so that nothing happened. */
export const commitLossConflict: Mutant = onLostCommit(
  {
    name: 'commit-loss-conflict',
    origin: 'Whatever COMMIT rejects with is taken for a serialization failure, which has rolled back.',
  },
  async (_, _again, error) => {
    throw new StorageError('CONFLICT', 'Another transaction was first. Nothing happened; try again.', {
      cause: error,
    });
  },
);

/** The caller is told that it is done. */
export const commitLossSuccess: Mutant = onLostCommit(
  {
    name: 'commit-loss-success',
    origin: 'client.query("COMMIT").catch(log): an error that comes so late is taken for a formality.',
  },
  async (value) => value as NonNullable<typeof value>,
);

/** The same, of a driver that sends COMMIT alone, by its name: no later one has that word in its bytes. */
export const preparedCommitLoss: Mutant = {
  ...commitLossSuccess,
  name: 'prepared-commit-loss',
  pool: preparingCommits,
};
