import { codeOf, StorageError } from 'lockstep';
import { changeLock, field } from './base.ts';

// The wait is limited by setTimeout, which treats more than 2^31 - 1 ms as 1 ms.
export default field('long-timer', (adapter) =>
  changeLock(adapter, (lock) => async (id, callback, options = {}) => {
    const { timeoutMs, ...others } = options;
    if (!Number.isSafeInteger(timeoutMs)) return lock(id, callback, options);
    const giveUp = new AbortController();
    const timer = setTimeout(() => giveUp.abort(), timeoutMs);
    const signal = AbortSignal.any([giveUp.signal, ...(others.signal ? [others.signal] : [])]);
    try {
      return await lock(id, callback, { ...others, signal });
    } catch (error) {
      if (giveUp.signal.aborted && codeOf(error) === 'ABORTED')
        throw new StorageError('LOCK_TIMEOUT', `Expected the lock of ${id} within ${timeoutMs} ms.`);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }),
);
