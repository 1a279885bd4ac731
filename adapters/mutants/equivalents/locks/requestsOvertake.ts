import { setTimeout as sleep } from 'node:timers/promises';
import { lockOf, replaceLock, type Equivalent } from '../../mutant.ts';

/** In milliseconds: by then a program goes on whose step waits. */
const LATE_MS = 60;

/** How often each lock was asked for in this process. */
const asked = new Map<string, number>();

/** Every other request for a lock takes a while to get there, and the next one overtakes it. */
export const requestsOvertake: Equivalent = {
  name: 'requests-overtake',
  reason: 'Who asks first need not have the lock first: no order of those who wait is promised (LOCK-19).',
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
