import { setTimeout as sleep } from 'node:timers/promises';
import { lockOf, replaceLock, type Equivalent } from '../../mutant.ts';

/** The delay in milliseconds. By then a program whose step waits has continued. */
const LATE_MS = 60;

/** How often each lock was requested in this process. */
const asked = new Map<string, number>();

/** Every second request for a lock is delayed, and the next request overtakes it. */
export const requestsOvertake: Equivalent = {
  name: 'requests-overtake',
  reason:
    'The first request need not get the lock first: the contract promises no order of waiters (LOCK-19).',
  bases: ['memory', 'postgres'],
  mutate: (adapter, { options }) =>
    replaceLock(adapter, async (id, callback, given) => {
      const lock = `${options.namespace}/${id}`;
      const count = (asked.get(lock) ?? 0) + 1;
      asked.set(lock, count);
      if (count % 2 === 0) await sleep(LATE_MS);
      return lockOf(adapter)(id, callback, given);
    }),
};
