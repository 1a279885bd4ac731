import { Sema } from 'async-sema';
import { lockTarget, releasing } from './lock.mjs';

export default lockTarget('async-sema', '3.1.1', () => {
  const semaphore = new Sema(1);
  return (callback) =>
    releasing(async () => {
      await semaphore.acquire();
      return () => semaphore.release();
    }, callback);
});
