import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { LockedView } from '../../../contract/index.ts';
import { extend, KeyedMutex, lockOf, replaceLock, type Mutant } from '../../mutant.ts';

/** Created when the module is loaded, and so outside of every section. */
const outside = new AsyncResource('no section');

/** The lock does not know its holder, so a nested request for the same lock waits forever. */
export const reentrantLockHangs: Mutant = {
  name: 'reentrant-lock-hangs',
  origin: 'A helper takes the lock and is called from code that holds it; the mutex does not know its owner.',
  clauses: ['LOCK-03'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLock(adapter, (id, callback, options) =>
      outside.runInAsyncScope(() => lockOf(adapter)(id, callback, options)),
    ),
};

/** A nested section takes another connection, on which it waits for the outer section. */
export const nestedLockNewConnection: Mutant = {
  name: 'nested-lock-new-connection',
  origin:
    'withLock always begins with pool.connect(): to the database these are two sessions, of which the first is idle.',
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

/** A section within a section of another stream runs in the outer one, without a lock. */
export const nestedTakesNoLock: Mutant = {
  name: 'nested-takes-no-lock',
  origin:
    'if (transaction.current) return callback(transaction.current): a flag of the request says that something is locked, but not what.',
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

/**
 * A section within a section of another stream writes into the outer transaction, but releases its own lock before
 * the outer transaction commits.
 */
export const nestedUnlocksFirst: Mutant = {
  name: 'nested-unlocks-first',
  origin:
    'PROPAGATION_REQUIRED joins the outer transaction; the lock is released when the inner method returns.',
  clauses: ['LOCK-07'],
  // Not on PostgreSQL, where advisory locks of a transaction last until it ends.
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

/**
 * A nested section writes into the outer transaction, and its error rolls nothing back, so the outer callback can
 * swallow it.
 */
export const nestedThrowKept: Mutant = {
  name: 'nested-throw-kept',
  origin:
    'PROPAGATION_REQUIRED without a savepoint: if the outer method catches the error of the inner one, the inner writes commit.',
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

/**
 * A lock that can be taken again, but does not count. `frees` says whether the lock is released when the inner
 * section ends.
 */
function withoutCounter(
  about: Pick<Mutant, 'name' | 'origin'>,
  frees: (hasThrown: boolean) => boolean,
): Mutant {
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

export const innerLeaveUnlocks: Mutant = withoutCounter(
  {
    name: 'inner-leave-unlocks',
    origin: 'A re-entrant lock without a counter: the first unlock releases it.',
  },
  () => true,
);

export const innerThrowUnlocks: Mutant = withoutCounter(
  {
    name: 'inner-throw-unlocks',
    origin: 'catch (error) { await unlock(); throw error } in code that is also called with the lock held.',
  },
  (hasThrown) => hasThrown,
);

/** A nested request for the same lock with a timeout waits for its own holder. */
export const boundedAgainWaits: Mutant = {
  name: 'bounded-again-waits',
  origin:
    'The path with a timeout does not know the locks that its caller holds: it waits until the timeout.',
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

/**
 * The lock of a nested section is kept until the outermost one ends, and another nested request for it waits forever.
 */
export const keptLockAsked: Mutant = {
  name: 'kept-lock-asked',
  origin:
    'Locks of a transaction last until its end, and each acquisition has its own owner: a loop that comes to one account twice waits for itself.',
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
