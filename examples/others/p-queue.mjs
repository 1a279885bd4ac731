import PQueue from 'p-queue';
import { lockTarget } from './lock.mjs';

export default lockTarget('p-queue', '8.0.1', () => {
  const queue = new PQueue({ concurrency: 1 });
  return (callback) => queue.add(callback);
});
