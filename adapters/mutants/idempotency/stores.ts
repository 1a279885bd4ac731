/** Changes the idempotency store of an instance and of its views alike. */
import {
  compareTimestamps,
  encodeScanCursor,
  parseToken,
  timestampOf,
  type Clock,
  type IdempotencyRecord,
  type IdempotencyStore,
  type IdempotencyView,
  type NewIdempotencyRecord,
  type StorageAdapter,
} from '../../contract/index.ts';
import { defined } from '../../contract/defined.ts';
import { extend, replaceView } from '../mutant.ts';

/** `adapter` with what `change` makes of the store and of each view, and `more` beside it of the store alone. */
export function replaceIdempotency(
  adapter: StorageAdapter,
  change: (inner: IdempotencyView) => Partial<IdempotencyView>,
  more: (store: IdempotencyStore) => Partial<IdempotencyStore> = () => ({}),
): StorageAdapter {
  const store = adapter.idempotencyStore as IdempotencyStore;
  const viewed = replaceView(adapter, (view) => {
    const inner = view.idempotency as IdempotencyView;
    return { ...view, idempotency: { ...inner, ...change(inner) } };
  });
  return extend(viewed, { idempotencyStore: { ...store, ...change(store), ...more(store) } });
}

/** `adapter` with another store outside of sections. */
export function replaceStore(
  adapter: StorageAdapter,
  change: (store: IdempotencyStore) => Partial<IdempotencyStore>,
): StorageAdapter {
  return replaceIdempotency(adapter, () => ({}), change);
}

/** `adapter` with other claims, outside of sections; every reference adapter has them. */
export function replaceClaims(
  adapter: StorageAdapter,
  change: (store: Required<IdempotencyStore>) => Partial<IdempotencyStore>,
): StorageAdapter {
  return replaceStore(adapter, (store) => change(store as Required<IdempotencyStore>));
}

/** `adapter` that stores `change(record)` instead of each record. */
export function changeRecords(
  adapter: StorageAdapter,
  change: (record: NewIdempotencyRecord) => NewIdempotencyRecord,
): StorageAdapter {
  return replaceIdempotency(
    adapter,
    (inner) => ({ insert: (record) => inner.insert(change(record)) }),
    (store) => ({ putIfAbsent: (record) => store.putIfAbsent(change(record)) }),
  );
}

/** `adapter` that stores the body `change(body)` instead of each body. */
export function changeBodies(adapter: StorageAdapter, change: (body: string) => string): StorageAdapter {
  return changeRecords(adapter, (record) => ({ ...record, body: change(record.body) }));
}

/** `adapter` that stores each token as `change(token)`, and looks for it there. Malformed ones are refused as ever. */
export function foldTokens(adapter: StorageAdapter, change: (token: string) => string): StorageAdapter {
  const fold = (token: string): string => change(parseToken(token));
  const folded = <T extends { readonly token: string }>(record: T): T => ({
    ...record,
    token: fold(record.token),
  });
  return replaceIdempotency(
    adapter,
    (inner) => ({
      get: (token) => inner.get(fold(token)),
      insert: (record) => inner.insert(folded(record)),
    }),
    (store) => ({
      putIfAbsent: (record) => store.putIfAbsent(folded(record)),
      delete: (token) => store.delete(fold(token)),
    }),
  );
}

/** The stored record of `token`, an expired one too. */
export async function storedUnder(
  store: IdempotencyStore,
  token: string,
): Promise<IdempotencyRecord | undefined> {
  // The greatest token of this length below it, and behind it those that begin with that.
  const below = token.slice(0, -1) + String.fromCharCode(token.charCodeAt(token.length - 1) - 1);
  const { items } = await store.scan({ limit: 100, cursor: encodeScanCursor(below) });
  return items.find((record) => record.token === token);
}

/** The tokens of expired records, at most `limit`. */
export async function expiredTokens(store: IdempotencyStore, clock: Clock, limit: number): Promise<string[]> {
  const now = timestampOf(clock);
  const expired: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.scan({ limit: 1000, ...defined({ cursor }) });
    for (const { token, expiresAt } of page.items)
      if (expiresAt !== undefined && compareTimestamps(expiresAt, now) <= 0) expired.push(token);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return expired.slice(0, limit);
}
