/** A unit of work, which does something at the end of each callback, before the commit. */
import type { LockedView, StorageAdapter } from '../contract/index.ts';
import { lockOf, replaceLock } from './mutant.ts';

interface UnitOfWork {
  readonly view: LockedView;
  readonly flush: () => Promise<void>;
}

/** `adapter`, whose callbacks get the view of a unit of work. */
export function flushing(adapter: StorageAdapter, unitOf: (view: LockedView) => UnitOfWork): StorageAdapter {
  return replaceLock(adapter, (id, callback, options) =>
    lockOf(adapter)(
      id,
      async (given) => {
        const { view, flush } = unitOf(given);
        const value = await callback(view);
        await flush();
        return value;
      },
      options,
    ),
  );
}
