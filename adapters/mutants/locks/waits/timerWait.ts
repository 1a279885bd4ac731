import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';

/** A timer takes a longer time for one millisecond. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export const timerWait: Mutant = {
  name: 'timer-wait',
  origin:
    'setTimeout(reject, timeoutMs): beyond 2^31 ms, which stands for "as long as it takes", it fires at once.',
  clauses: ['LOCK-13'],
  bases: ['memory'],
  mutate: (adapter) =>
    replaceLock(adapter, (id, callback, options) => {
      const timeoutMs = options?.timeoutMs;
      const bounded =
        timeoutMs !== undefined && timeoutMs > MAX_TIMER_MS ? { ...options, timeoutMs: 1 } : options;
      return lockOf(adapter)(id, callback, bounded);
    }),
};
