import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';

/** The longest time that a timer takes. A longer one counts as one millisecond. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export const timerWait: Mutant = {
  name: 'timer-wait',
  origin: 'setTimeout(reject, timeoutMs): with more than 2^31 ms, meant as no limit, it fires at once.',
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
