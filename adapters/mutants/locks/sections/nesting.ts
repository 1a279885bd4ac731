import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { LockedView } from '../../../contract/index.ts';
import { extend, KeyedMutex, lockOf, replaceLock, type Mutant } from '../../mutant.ts';

/** Made as the module is loaded, and so inside of no section. */
const outside = new AsyncResource('no section');

/** Nobody knows whether the caller holds the lock already: asking again waits for oneself. */
export const reentrantLockHangs: Mutant = {
  name: 'reentrant-lock-hangs',
  origin: 'A helper that locks is called from code that has locked; the mutex has no owner.',
  clauses: ['LOCK-03'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLock(adapter, (id, callback, options) =>
      outside.runInAsyncScope(() => lockOf(adapter)(id, callback, options)),
    ),
};

/** A section inside a section takes another connection, on which it waits for the first one. */
export const nestedLockNewConnection: Mutant = {
  name: 'nested-lock-new-connection',
  origin:
    'withLock always begins with pool.connect(): the database sees two sessions, one of which waits idle.',
  clauses: ['LOCK-03'],
  bases: ['postgres'],
  mutate: async (adapter, { another }) => {
    const second = await another();
    const around = new AsyncLocalStorage<true>();
    const nesting = replaceLock(adapter, (id, callback, options) => {
      const pool = around.getStore() === undefined ? adapter : second;
      return lockOf(pool)(id, (view) => around.run(true, () => callback(view)), options);
    });
    return extend(nesting, {
      close: () => Promise.all([adapter.close(), second.close()]).then(() => undefined),
    });
  },
};

/** A section inside a section of another stream runs in the outer one, and takes no lock. */
export const nestedTakesNoLock: Mutant = {
  name: 'nested-takes-no-lock',
  origin:
    'if (transaction.current) return callback(transaction.current): a flag of the request says "locked", not what.',
  clauses: ['LOCK-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const around = new AsyncLocalStorage<LockedView>();
    return replaceLock(adapter, async (id, callback, options) => {
      const outer = around.getStore();
      if (outer !== undefined) return callback(outer);
      return lockOf(adapter)(id, (view) => around.run(view, () => callback(view)), options);
    });
  },
};

/** A section inside a section of another stream writes into the outer transaction, and frees its own lock before that commits. */
export const nestedUnlocksFirst: Mutant = {
  name: 'nested-unlocks-first',
  origin:
    'PROPAGATION_REQUIRED joins the transaction around it; the lock is freed where the inner method returns.',
  clauses: ['LOCK-07'],
  // Advisory locks of a transaction last as long as it does, whoever writes in it.
  bases: ['memory'],
  mutate: (adapter) => {
    const around = new AsyncLocalStorage<LockedView>();
    return replaceLock(adapter, (id, callback, options) =>
      lockOf(adapter)(
        id,
        (view) => {
          const outer = around.getStore() ?? view;
          return around.run(outer, () => callback(outer));
        },
        options,
      ),
    );
  },
};

/** A section inside a section writes into the outer transaction, and its error undoes nothing: the outer one may swallow it. */
export const nestedThrowKept: Mutant = {
  name: 'nested-throw-kept',
  origin:
    'PROPAGATION_REQUIRED without a savepoint: whoever catches what the inner method threw commits its writes.',
  clauses: ['LOCK-02'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const around = new AsyncLocalStorage<LockedView>();
    return replaceLock(adapter, async (id, callback, options) => {
      const outer = around.getStore();
      if (outer === undefined)
        return lockOf(adapter)(id, (view) => around.run(view, () => callback(view)), options);
      let failure: { readonly error: unknown } | undefined;
      const value = await lockOf(adapter)(
        id,
        async () => {
          try {
            return await callback(outer);
          } catch (error) {
            failure = { error };
            return undefined as never;
          }
        },
        options,
      );
      if (failure !== undefined) throw failure.error;
      return value;
    });
  },
};

interface Held {
  readonly id: string;
  readonly view: LockedView;
  readonly unlock: () => void;
  readonly outer: Held | undefined;
}

/** The lock may be taken again; `frees` says whether it is free when the inner section has ended so: nobody counts. */
function uncounted(about: Pick<Mutant, 'name' | 'origin'>, frees: (hasThrown: boolean) => boolean): Mutant {
  return {
    ...about,
    clauses: ['LOCK-03'],
    bases: ['memory', 'postgres'],
    mutate: (adapter) => {
      const mutex = new KeyedMutex();
      const holding = new AsyncLocalStorage<Held>();
      return replaceLock(adapter, async (id, callback, options) => {
        const outer = holding.getStore();
        const own = heldOf(outer, id);
        if (own !== undefined) {
          let hasThrown = true;
          try {
            const value = await callback(own.view);
            hasThrown = false;
            return value;
          } finally {
            if (frees(hasThrown)) own.unlock();
          }
        }
        const unlock = await mutex.acquire(id);
        try {
          return await lockOf(adapter)(
            `${id}-${randomUUID()}`,
            (view) => holding.run({ id, view, unlock, outer }, () => callback(view)),
            options,
          );
        } finally {
          unlock();
        }
      });
    },
  };
}

export const innerLeaveUnlocks: Mutant = uncounted(
  {
    name: 'inner-leave-unlocks',
    origin: 'A re-entrant lock without a counter: the first unlock is the last.',
  },
  () => true,
);

export const innerThrowUnlocks: Mutant = uncounted(
  {
    name: 'inner-throw-unlocks',
    origin: 'catch (error) { await unlock(); throw error } in code that is called with the lock held, too.',
  },
  (hasThrown) => hasThrown,
);

/** A lock that is asked for again with a bound waits for its own holder. */
export const boundedAgainWaits: Mutant = {
  name: 'bounded-again-waits',
  origin:
    'The path with a time-out knows nothing of the locks that its caller holds: it waits out the whole bound.',
  clauses: ['LOCK-03'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLock(adapter, (id, callback, options) =>
      options?.timeoutMs === undefined
        ? lockOf(adapter)(id, callback, options)
        : outside.runInAsyncScope(() => lockOf(adapter)(id, callback, options)),
    ),
};

function heldOf(innermost: Held | undefined, id: string): Held | undefined {
  let held = innermost;
  while (held !== undefined && held.id !== id) held = held.outer;
  return held;
}

/** The lock of a nested section is kept until the outermost one ends, and that one waits for it when it asks again. */
export const keptLockAsked: Mutant = {
  name: 'kept-lock-asked',
  origin:
    'Locks of a transaction last until its end, and each acquisition has an owner of its own: a loop over payouts comes to one account twice, and waits for itself.',
  clauses: ['LOCK-01', 'LOCK-02'],
  bases: ['memory', 'postgres'],
  mutate(adapter) {
    const mutex = new KeyedMutex();
    const kept = new AsyncLocalStorage<(() => void)[]>();
    return replaceLock(adapter, async (id, callback, options) => {
      const around = kept.getStore();
      const own: (() => void)[] = around ?? [];
      if (around !== undefined) own.push(await mutex.acquire(id));
      try {
        return await lockOf(adapter)(id, (view) => kept.run(own, () => callback(view)), options);
      } finally {
        if (around === undefined) for (const release of own) release();
      }
    });
  },
};
