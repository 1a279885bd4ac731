import { AsyncLocalStorage } from 'node:async_hooks';
import { StorageError, type LockedView } from '../../../contract/index.ts';
import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';

/** A section, and the nested sections that are running. */
interface Frame {
  readonly inner: Set<Inner>;
}

interface Inner {
  view: LockedView | undefined;
  /** Whether another nested section that ran at the same time has thrown. */
  isUndone: boolean;
}

/** `nested` runs a section that begins within another one, at the same time as those of `others`. */
function besideOthers(
  about: Pick<Mutant, 'name' | 'origin' | 'clauses'>,
  nested: <T>(
    own: Inner,
    others: readonly Inner[],
    parts: {
      readonly lock: (callback: (view: LockedView) => Promise<T>) => Promise<T>;
      readonly callback: (view: LockedView) => Promise<T>;
    },
  ) => Promise<T>,
): Mutant {
  return {
    ...about,
    bases: ['memory', 'postgres'],
    mutate: (adapter) => {
      const around = new AsyncLocalStorage<Frame>();
      return replaceLock(adapter, async (id, callback, options) => {
        const outer = around.getStore();
        const inside: typeof callback = (view) => around.run({ inner: new Set() }, () => callback(view));
        if (outer === undefined) return lockOf(adapter)(id, inside, options);
        const own: Inner = { view: undefined, isUndone: false };
        const others = [...outer.inner];
        outer.inner.add(own);
        try {
          return await nested(own, others, {
            lock: (given) => lockOf(adapter)(id, given, options),
            callback: inside,
          });
        } catch (error) {
          for (const one of outer.inner) one.isUndone = true;
          throw error;
        } finally {
          outer.inner.delete(own);
        }
      });
    },
  };
}

export const secondSiblingUnlocked: Mutant = besideOthers(
  {
    name: 'second-sibling-unlocked',
    origin:
      'if (transaction.nested) return callback(transaction.nested): Promise.all over two accounts begins the second section while the first one runs, and uses the transaction of the first.',
    clauses: ['LOCK-01'],
  },
  async (own, [other], { lock, callback }) => {
    if (other === undefined)
      return lock((view) => {
        own.view = view;
        return callback(view);
      });
    while (other.view === undefined) await new Promise((resolve) => void setImmediate(resolve));
    return callback(other.view);
  },
);

export const siblingUndone: Mutant = besideOthers(
  {
    name: 'sibling-undone',
    origin:
      'SAVEPOINT and ROLLBACK TO of sections that run at the same time on one connection: a rollback also undoes what the others have written since, and they are not told.',
    clauses: ['LOCK-02'],
  },
  async (own, _, { lock, callback }) => {
    const undone = new Error('rolled back');
    let answer: Awaited<ReturnType<typeof callback>> | undefined;
    try {
      return await lock(async (view) => {
        answer = await callback(view);
        if (own.isUndone) throw undone;
        return answer;
      });
    } catch (error) {
      if (error !== undone) throw error;
      return answer as Awaited<ReturnType<typeof callback>>;
    }
  },
);

export const siblingFailsAll: Mutant = besideOthers(
  {
    name: 'sibling-fails-all',
    origin:
      'Any error in a nested section marks the transaction as broken, and it refuses everything that is still running in it.',
    clauses: ['LOCK-02'],
  },
  (own, _, { lock, callback }) =>
    lock(async (view) => {
      const answer = await callback(view);
      if (own.isUndone) throw new StorageError('UNAVAILABLE', 'The transaction is broken. Try again.');
      return answer;
    }),
);

/** Writes through any view belong to the section that began last. */
export const newestSectionWrites: Mutant = {
  name: 'newest-section-writes',
  origin:
    'this.transaction = nested, reset in a finally block: a field of the instance names the running section, so sections that run at the same time write into each other.',
  clauses: ['LOCK-02'],
  bases: ['memory'],
  mutate: (adapter) => {
    const around = new AsyncLocalStorage<{ current: LockedView }>();
    return replaceLock(adapter, (id, callback, options) =>
      lockOf(adapter)(
        id,
        async (view) => {
          const outer = around.getStore();
          const own = outer ?? { current: view };
          const before = own.current;
          own.current = view;
          const current = new Proxy(view, {
            get: (_, name) => Reflect.get(own.current, name) as unknown,
          });
          try {
            return await (outer === undefined ? around.run(own, () => callback(current)) : callback(current));
          } finally {
            own.current = before;
          }
        },
        options,
      ),
    );
  },
};

export const siblingsDeadlock: Mutant = besideOthers(
  {
    name: 'siblings-deadlock',
    origin:
      'The connection of a transaction is lent to one nested section until the transaction ends: a second one waits for the outer section, which waits for it.',
    clauses: ['LOCK-02'],
  },
  async (_, others, { lock, callback }) => {
    if (others.length > 0) await new Promise(() => undefined);
    return lock(callback);
  },
);
