/** Makes an adapter's idempotency store unreadable for one caller. */
import {
  StorageError,
  type IdempotencyStore,
  type IdempotencyView,
  type LockedView,
  type StorageAdapter,
  type StreamRepository,
} from '../../../adapters/contract/index.ts';

type WithLock = NonNullable<StreamRepository['withLock']>;

/** `adapter`, except that reading a token rejects with UNAVAILABLE, on the store and on views. */
export function withUnreadableTokens(adapter: StorageAdapter): StorageAdapter {
  const { streamRepository, idempotencyStore } = adapter;
  const withLock: WithLock | undefined = streamRepository?.withLock?.bind(streamRepository);
  const locking: WithLock = (id, callback, options) =>
    (withLock as WithLock)(id, (view) => callback(unreadableView(view)), options);
  return overriding(adapter, {
    ...(idempotencyStore === undefined ? {} : { idempotencyStore: unreadable(idempotencyStore) }),
    ...(withLock === undefined
      ? {}
      : { streamRepository: overriding(streamRepository as StreamRepository, { withLock: locking }) }),
  });
}

function unreadableView(view: LockedView): LockedView {
  const { idempotency } = view;
  return idempotency === undefined ? view : overriding(view, { idempotency: unreadable(idempotency) });
}

function unreadable<T extends IdempotencyStore | IdempotencyView>(store: T): T {
  const unavailable = (): Promise<never> =>
    Promise.reject(new StorageError('UNAVAILABLE', 'The idempotency store cannot be read at the moment.'));
  return overriding(store, {
    get: unavailable,
    begin: unavailable,
    putIfAbsent: unavailable,
  } as unknown as Partial<T>);
}

/**
 * `object` with some members replaced. Other methods are called on `object` itself, because it may have private fields.
 */
function overriding<T extends object>(object: T, members: Partial<T>): T {
  return new Proxy(object, {
    get(target, name) {
      if (name in target && name in members) return members[name as keyof T];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
