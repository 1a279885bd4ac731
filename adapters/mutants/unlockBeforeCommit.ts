import { randomUUID } from 'node:crypto';
import { extend, lockOf, replaceLock, type Mutant } from './mutant.ts';

/** The lock is released when the callback has returned, and the transaction commits after that. */
export const unlockBeforeCommit: Mutant = {
  name: 'unlock-before-commit',
  origin:
    'unlock() in a finally block inside the transaction function; the commit follows when that function has returned.',
  clauses: ['LOCK-07'],
  bases: ['memory', 'postgres'],
  mutate: async (adapter, another) => {
    const locker = await another();
    const unlocking = replaceLock(adapter, (id, callback, options) =>
      lockOf(adapter)(`${id}-${randomUUID()}`, (view) => lockOf(locker)(id, () => callback(view), options)),
    );
    return extend(unlocking, {
      close: async () => {
        await adapter.close();
        await locker.close();
      },
    });
  },
};
