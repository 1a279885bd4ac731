import AsyncLock from 'async-lock';
import { lockTarget, timedOut } from './lock.mjs';

const lock = new AsyncLock();

export default lockTarget(
  'async-lock',
  '1.4.1',
  (key) => (callback, timeoutMs) =>
    lock.acquire(key, callback, timeoutMs === undefined ? {} : { timeout: timeoutMs }).catch((error) => {
      throw /timed out/.test(error?.message) ? timedOut(error) : error;
    }),
  { lockTimeout: true },
);
