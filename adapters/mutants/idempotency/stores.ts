/** Changes the idempotency store of an instance and of its views. */
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

/**
 * `adapter` with its store, and that of each view, replaced by `change` of it. `more` changes only the store outside
 * sections.
 */
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

/** `adapter` with a changed store outside of sections. */
export function replaceStore(
  adapter: StorageAdapter,
  change: (store: IdempotencyStore) => Partial<IdempotencyStore>,
): StorageAdapter {
  return replaceIdempotency(adapter, () => ({}), change);
}

/** `adapter` with changed claims, outside of sections. Every reference adapter has claims. */
export function replaceClaims(
  adapter: StorageAdapter,
  change: (store: Required<IdempotencyStore>) => Partial<IdempotencyStore>,
): StorageAdapter {
  return replaceStore(adapter, (store) => change(store as Required<IdempotencyStore>));
}

/** `adapter`, which stores `change(record)` instead of each record. */
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

/** `adapter`, which stores the body `change(body)` instead of each body. */
export function changeBodies(adapter: StorageAdapter, change: (body: string) => string): StorageAdapter {
  return changeRecords(adapter, (record) => ({ ...record, body: change(record.body) }));
}

/** `adapter`, which stores and finds each token under `change(token)`. Malformed tokens are still refused. */
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

/** The stored record of `token`, even if it has expired. */
export async function storedUnder(
  store: IdempotencyStore,
  token: string,
): Promise<IdempotencyRecord | undefined> {
  // The cursor is the greatest text of this length below `token`. After it come the tokens that begin with it, and
  // then `token`.
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
