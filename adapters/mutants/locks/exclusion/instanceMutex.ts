import { randomUUID } from 'node:crypto';
import { KeyedMutex, lockOf, replaceLock, type Mutant } from '../../mutant.ts';

/**
 * The promise chain of each id belongs to the instance, so two instances of one process do not exclude each other.
 */
export const instanceMutex: Mutant = {
  name: 'instance-mutex',
  origin:
    'The chain of promises is a private field of the repository, and the service creates a repository for each request.',
  clauses: ['LOCK-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const mutex = new KeyedMutex();
    return replaceLock(adapter, (id, callback, options) =>
      mutex.run(id, () => lockOf(adapter)(`${id}-${randomUUID()}`, callback, options)),
    );
  },
};
