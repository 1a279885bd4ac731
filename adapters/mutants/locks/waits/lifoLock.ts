import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';

/** The caller that came last is let in first. */
export const lifoLock: Mutant = {
  name: 'lifo-lock',
  origin:
    'waiters.push() and waiters.pop(): under load, the first waiter waits until nobody else wants the lock.',
  clauses: ['LOCK-19'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const waiting = new Map<string, (() => void)[]>();
    return replaceLock(adapter, async (id, callback, options) => {
      const stack = waiting.get(id);
      if (stack === undefined) waiting.set(id, []);
      else await new Promise<void>((resume) => stack.push(resume));
      try {
        return await lockOf(adapter)(id, callback, options);
      } finally {
        const next = waiting.get(id)?.pop();
        if (next === undefined) waiting.delete(id);
        else next();
      }
    });
  },
};
