import { EventEmitter } from 'node:events';
import { field } from './base.ts';

// A pool without a listener: the end of an idle connection emits an 'error' event that nobody handles.
export default field('idle-error', (adapter) => {
  const pool = new EventEmitter();
  const ended = setTimeout(
    () => pool.emit('error', new Error('terminating connection due to administrator command')),
    5,
  );
  return {
    ...adapter,
    async close() {
      clearTimeout(ended);
      await adapter.close();
    },
  };
});
