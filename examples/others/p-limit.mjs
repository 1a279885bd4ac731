import pLimit from 'p-limit';
import { lockTarget } from './lock.mjs';

export default lockTarget('p-limit', '6.2.0', () => {
  const limit = pLimit(1);
  return (callback) => limit(callback);
});
