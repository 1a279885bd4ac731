import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { extend, lockOf, replaceLock, type Mutant } from '../../mutant.ts';

/** How long a commit takes, in milliseconds. In memory it takes no time, and nobody could come in between. */
const COMMIT_MS = 2;

/** The lock is released when the callback has returned, and the transaction commits after that. */
export const unlockBeforeCommit: Mutant = {
  name: 'unlock-before-commit',
  origin:
    'unlock() in a finally block within the transaction function; the commit follows after that function has returned.',
  clauses: ['LOCK-07'],
  bases: ['memory', 'postgres'],
  mutate: async (adapter, { another }) => {
    const locker = await another();
    const unlocking = replaceLock(adapter, (id, callback, options) =>
      lockOf(adapter)(`${id}-${randomUUID()}`, async (view) => {
        const result = await lockOf(locker)(id, () => callback(view), options);
        await sleep(COMMIT_MS);
        return result;
      }),
    );
    return extend(unlocking, {
      close: async () => {
        await adapter.close();
        await locker.close();
      },
    });
  },
};
