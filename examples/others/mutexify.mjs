import mutexify from 'mutexify/promise.js';
import { lockTarget, releasing } from './lock.mjs';

export default lockTarget('mutexify', '1.4.0', () => {
  const lock = mutexify();
  return (callback) => releasing(lock, callback);
});
