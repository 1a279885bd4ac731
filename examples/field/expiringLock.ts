import { setTimeout as delay } from 'node:timers/promises';
import { changeLock, field } from './base.ts';

const DURATION_MS = 5;

// A lock that is not renewed in time is free again, although its holder still works.
export default field('expiring-lock', (adapter) =>
  changeLock(adapter, (lock) => {
    const heldUntil = new Map<string, number>();
    let holders = 0;
    return async (id, callback, options) => {
      if (typeof id !== 'string' || id === '') return lock(id, callback, options);
      while ((heldUntil.get(id) ?? 0) > performance.now()) await delay(1);
      heldUntil.set(id, performance.now() + DURATION_MS);
      holders += 1;
      try {
        return await lock(`${id} of holder ${holders}`, callback, options);
      } finally {
        heldUntil.delete(id);
      }
    };
  }),
);
