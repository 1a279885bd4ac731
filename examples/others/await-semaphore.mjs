import { Mutex } from 'await-semaphore';
import { lockTarget } from './lock.mjs';

export default lockTarget('await-semaphore', '0.1.3', () => {
  const mutex = new Mutex();
  return (callback) => mutex.use(callback);
});
