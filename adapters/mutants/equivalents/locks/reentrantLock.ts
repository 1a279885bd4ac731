import { AsyncLocalStorage } from 'node:async_hooks';
import { StorageError, type LockedView } from '../../../contract/index.ts';
import { lockOf, replaceLock, type Equivalent } from '../../mutant.ts';

/** A section that is open around the running code. */
interface Held {
  readonly id: string;
  readonly view: LockedView;
  readonly outer: Held | undefined;
  isOpen: boolean;
  /** The error of a failed inner section of the same stream. The outer section must not commit its writes. */
  failure: { readonly error: unknown } | undefined;
}

/**
 * A section of a stream that its caller already holds joins the outer section, and its failure also fails the outer
 * one.
 */
export const reentrantLock: Equivalent = {
  name: 'reentrant-lock',
  reason:
    'LOCK-03 allows both: refusing a nested section of the same stream, as the references do, and running it.',
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const holding = new AsyncLocalStorage<Held>();
    return replaceLock(adapter, async (id, callback, options) => {
      const outer = holding.getStore();
      const own = heldOf(outer, id);
      const run = async (held: Held): ReturnType<typeof callback> => {
        try {
          const value = await holding.run(held, () => callback(closing(held)));
          if (held.failure !== undefined) throw held.failure.error;
          return value;
        } finally {
          held.isOpen = false;
        }
      };
      if (own !== undefined) {
        const inner: Held = { ...own, outer, isOpen: true, failure: undefined };
        try {
          return await run(inner);
        } catch (error) {
          own.failure ??= { error };
          throw error;
        }
      }
      return lockOf(adapter)(
        id,
        (view) => run({ id, view, outer, isOpen: true, failure: undefined }),
        options,
      );
    });
  },
};

function heldOf(innermost: Held | undefined, id: string): Held | undefined {
  let held = innermost;
  while (held !== undefined && !(held.isOpen && held.id === id)) held = held.outer;
  return held;
}

/** The view, which is CLOSED after its section has ended. An inner section ends before the transaction. */
function closing(held: Held): LockedView {
  const guarded = <T extends object>(store: T): T =>
    new Proxy(store, {
      get(target, key) {
        const member: unknown = Reflect.get(target, key, target);
        if (typeof member === 'function') {
          return async (...args: unknown[]): Promise<unknown> => {
            if (!held.isOpen) throw new StorageError('CLOSED', 'Expected a view within its section.');
            return member.apply(target, args) as unknown;
          };
        }
        const isStore = typeof member === 'object' && member !== null && !(member instanceof AbortSignal);
        return isStore ? guarded(member) : member;
      },
    });
  return guarded(held.view);
}
