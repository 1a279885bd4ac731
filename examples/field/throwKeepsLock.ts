import { changeLock, field } from './base.ts';

// The lock is released after the callback, but not if the callback throws.
export default field('throw-keeps-lock', (adapter) =>
  changeLock(adapter, (lock) => {
    const tails = new Map<string, Promise<unknown>>();
    return async (id, callback, options) => {
      if (typeof id !== 'string' || id === '') return lock(id, callback, options);
      await tails.get(id);
      const { promise, release } = gate();
      tails.set(id, promise);
      const result = await lock(id, callback, options);
      release();
      return result;
    };
  }),
);

function gate(): { readonly promise: Promise<void>; readonly release: () => void } {
  let release = (): void => {};
  const promise = new Promise<void>((resolve) => (release = resolve));
  return { promise, release };
}
