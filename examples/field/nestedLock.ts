import { changeLock, field } from './base.ts';

// A queue of callers for each name: a holder that requests the lock again waits for itself.
export default field('nested-lock', (adapter) =>
  changeLock(adapter, (lock) => {
    const tails = new Map<string, Promise<unknown>>();
    return (id, callback, options) => {
      const before = tails.get(id) ?? Promise.resolve();
      const turn = before.then(() => lock(id, callback, options));
      tails.set(
        id,
        turn.catch(() => {}),
      );
      return turn;
    };
  }),
);
