import { KeyedMutex, lockOf, replaceLock, type Mutant } from '../../mutant.ts';

/** A promise chain in front of the database lock saves connections. Nothing ends a wait in it. */
export const unboundedChain: Mutant = {
  name: 'unbounded-chain',
  origin:
    'An in-process queue in front of the advisory lock: timeoutMs limits only the second wait, and the deadlock detector does not see the first one.',
  clauses: ['LOCK-04', 'LOCK-13'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const mutex = new KeyedMutex();
    return replaceLock(adapter, (id, callback, options) =>
      mutex.run(id, () => lockOf(adapter)(id, callback, options)),
    );
  },
};
