import { KeyedMutex, lockOf, replaceLock, type Mutant } from '../../mutant.ts';

/** A promise chain stands before the database's lock, to spare connections; nothing ends a wait in it. */
export const unboundedChain: Mutant = {
  name: 'unbounded-chain',
  origin:
    'An in-process queue in front of the advisory lock: timeoutMs bounds only the second wait, and the deadlock detector does not know the first.',
  clauses: ['LOCK-04', 'LOCK-13'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const mutex = new KeyedMutex();
    return replaceLock(adapter, (id, callback, options) =>
      mutex.run(id, () => lockOf(adapter)(id, callback, options)),
    );
  },
};
