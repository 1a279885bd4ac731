import Semaphore from 'semaphore-async-await';
import { lockTarget, releasing } from './lock.mjs';

const { Lock } = Semaphore;

export default lockTarget('semaphore-async-await', '1.5.1', () => {
  const lock = new Lock();
  return (callback) =>
    releasing(async () => {
      await lock.acquire();
      return () => lock.release();
    }, callback);
});
