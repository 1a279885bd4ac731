/** Adapters that accept only UUIDs in lower case, like columns of the type uuid. */
import { StorageError, type IdRule, type LockedView, type StorageAdapter } from '../../contract/index.ts';
import { defined } from '../../contract/defined.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export const UUIDS: IdRule = { pattern: UUID, example: 'c0ffee00-1dea-4bad-9bed-0123456789ab' };

/** `adapter`, which refuses all other ids. */
export function takingUuids(adapter: StorageAdapter): StorageAdapter {
  const { streamRepository: repository, idempotencyStore, exportRepository } = adapter;
  const withLock = repository?.withLock?.bind(repository);
  return {
    streamRepository: {
      ...storesOf(repository),
      ...(withLock === undefined
        ? {}
        : {
            withLock: async (id, callback, lockOptions) => {
              check(id);
              return withLock(id, (view) => callback(checkedView(view)), lockOptions);
            },
          }),
    },
    ...defined({ idempotencyStore, exportRepository: exportRepository && storesOf(exportRepository) }),
    close: () => adapter.close(),
    [Symbol.asyncDispose]: () => adapter.close(),
  };
}

const STORES = ['streams', 'users', 'activity', 'jobs', 'audit'];

/** `holder`, whose stores check their arguments. */
function storesOf<T extends object>(holder: T | undefined): T {
  const stores = Object.entries(holder ?? {}).filter(([name]) => STORES.includes(name));
  return Object.fromEntries(stores.map(([name, store]) => [name, checkedStore(store as object)])) as T;
}

function checkedView(view: LockedView): LockedView {
  return new Proxy(view, {
    get: (inner, name) => {
      const value: unknown = Reflect.get(inner, name);
      if (typeof value !== 'object' || value === null) return value;
      if (name === 'exports') return storesOf(value);
      return STORES.includes(String(name)) ? checkedStore(value) : value;
    },
  });
}

/** The calls whose first argument is an id. */
const BY_ID = ['get', 'delete', 'transition'];

function checkedStore<T extends object>(store: T): T {
  return new Proxy(store, {
    get: (inner, name) => {
      const value: unknown = Reflect.get(inner, name);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        if (BY_ID.includes(String(name))) check(args[0]);
        else checkFields(args[0]);
        return value.apply(inner, args);
      };
    },
  });
}

const FIELDS = ['id', 'walletAddress', 'streamId', 'ownerId', 'exportId'];

function checkFields(record: unknown): void {
  if (typeof record !== 'object' || record === null) return;
  for (const [name, value] of Object.entries(record)) {
    if (FIELDS.includes(name) && value !== undefined) check(value);
  }
}

function check(id: unknown): void {
  if (typeof id !== 'string' || !UUID.test(id))
    throw new StorageError('INVALID_RECORD', `Expected a UUID, got ${JSON.stringify(id)?.slice(0, 80)}.`);
}
