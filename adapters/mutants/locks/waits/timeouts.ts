import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, StorageError, type LockedView, type LockOptions } from '../../../contract/index.ts';
import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';

type WithLock = ReturnType<typeof lockOf>;
type Callback<T> = (view: LockedView) => Promise<T>;

/** A withLock whose timeout is a separate timer. `timed` combines it with the wait. */
function timedLock(
  about: Pick<Mutant, 'name' | 'origin'>,
  timed: <T>(
    withLock: WithLock,
    id: string,
    callback: Callback<T>,
    ms: number,
    options: LockOptions,
  ) => Promise<T>,
): Mutant {
  return {
    ...about,
    clauses: ['LOCK-13'],
    bases: ['memory', 'postgres'],
    mutate: (adapter) =>
      replaceLock(adapter, (id, callback, options = {}) => {
        const { timeoutMs, ...unbounded } = options;
        return timeoutMs === undefined
          ? lockOf(adapter)(id, callback, options)
          : timed(lockOf(adapter), id, callback, timeoutMs, unbounded);
      }),
  };
}

function timeOut(ms: number): Promise<never> {
  return sleep(ms).then(() => {
    throw new StorageError('LOCK_TIMEOUT', `Expected the lock within ${ms} ms.`);
  });
}

/** A waiter that timed out stays in the queue and gets the lock when it is granted. */
export const ghostWaiter: Mutant = timedLock(
  {
    name: 'ghost-waiter',
    origin:
      'query_timeout of the driver: the client gives up, the server’s waiter gets the lock later, and nobody releases it.',
  },
  async (withLock, id, callback, ms, options) => {
    let isLate = false;
    let isGranted = false;
    const noting: typeof callback = (view) => {
      isGranted = true;
      return isLate ? new Promise<never>(() => undefined) : callback(view);
    };
    const locked = withLock(id, noting, options);
    const late = timeOut(ms).catch((error: unknown) => {
      if (isGranted) return locked;
      isLate = true;
      throw error;
    });
    return Promise.race([locked, late]);
  },
);

/**
 * The timeout applies to the whole call: a running callback is given up and continues, and a waiting one is started
 * later.
 */
export const raceTimeout: Mutant = timedLock(
  {
    name: 'race-timeout',
    origin: 'Promise.race([withLock(…), timeout(ms)]): the loser of a race is not stopped.',
  },
  async (withLock, id, callback, ms, options) => Promise.race([withLock(id, callback, options), timeOut(ms)]),
);

/** The timeout gives up running callbacks. Waiters that time out leave the queue correctly. */
export const callbackCutShort: Mutant = timedLock(
  {
    name: 'callback-cut-short',
    origin: 'lockTimeout limits the whole section: the holder is told that it failed, and commits.',
  },
  async (withLock, id, callback, ms, options) =>
    Promise.race([withLock(id, callback, { ...options, timeoutMs: ms }), timeOut(ms)]),
);

/** A timeout of 0, which means no wait, counts as no timeout. */
export const zeroIsNoBound: Mutant = {
  name: 'zero-is-no-bound',
  origin:
    'timeoutMs || DEFAULT, or lock_timeout = 0, which PostgreSQL takes for no limit: a caller that does not want to wait waits longest.',
  clauses: ['LOCK-13'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLock(adapter, (id, callback, options = {}) => {
      const { timeoutMs, ...unbounded } = options;
      return lockOf(adapter)(id, callback, timeoutMs === 0 ? unbounded : options);
    }),
};

/** The setting for one wait is reset if the lock was granted, but stays if the wait timed out. */
export const timedOutBoundStays: Mutant = {
  name: 'timed-out-bound-stays',
  origin: 'SET lock_timeout, the lock, and RESET after it: the error of the wait skips the RESET.',
  clauses: ['LIFE-01'],
  bases: ['memory'],
  mutate: (adapter) => {
    let left: number | undefined;
    return replaceLock(adapter, async (id, callback, options = {}) => {
      const timeoutMs = options.timeoutMs ?? left;
      if (options.timeoutMs === undefined) left = undefined;
      try {
        return await lockOf(adapter)(
          id,
          callback,
          timeoutMs === undefined ? options : { ...options, timeoutMs },
        );
      } catch (error) {
        if (codeOf(error) === 'LOCK_TIMEOUT') left = options.timeoutMs ?? left;
        throw error;
      }
    });
  },
};
