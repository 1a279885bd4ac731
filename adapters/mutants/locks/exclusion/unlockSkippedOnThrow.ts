import { randomUUID } from 'node:crypto';
import { KeyedMutex, lockOf, replaceLock, type Mutant } from '../../mutant.ts';

const mutex = new KeyedMutex();

/** The lock is not released if the callback throws. */
export const unlockSkippedOnThrow: Mutant = {
  name: 'unlock-skipped-on-throw',
  origin: 'acquire, await the callback, release: without a finally block, an error keeps the lock forever.',
  clauses: ['LOCK-02', 'LOCK-09'],
  bases: ['memory', 'postgres'],
  mutate: (adapter, { options: { namespace } }) =>
    replaceLock(adapter, async (id, callback, options) => {
      const unlock = await mutex.acquire(`${namespace}:${id}`);
      const result = await lockOf(adapter)(`${id}-${randomUUID()}`, callback, options);
      unlock();
      return result;
    }),
};
