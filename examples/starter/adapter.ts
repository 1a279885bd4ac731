/**
 * A small idempotency store in memory. Keep its shape and replace its inside by your storage; the other surfaces
 * (streams, users, activity, exports, withLock) are optional and described by the types of StorageAdapter.
 *
 * One bug is in it, on purpose: see `putIfAbsent`.
 */
import {
  compareIds,
  decodeScanCursor,
  encodeScanCursor,
  expiryAfter,
  parseToken,
  StorageError,
  timestampOf,
  validateIdempotencyRecord,
  validatePage,
  validateSweepLimit,
  type Clock,
  type IdempotencyRecord,
  type IdempotencyStore,
  type NewIdempotencyRecord,
  type Page,
  type PageRequest,
  type StorageAdapter,
} from 'lockstep';

/** Instances of one namespace share their records: this stands for the database. */
const databases = new Map<string, Map<string, IdempotencyRecord>>();

export function openStarter(namespace: string, clock: Clock): StorageAdapter {
  const records = databases.get(namespace) ?? new Map<string, IdempotencyRecord>();
  databases.set(namespace, records);
  let closed = false;

  function assertOpen(): void {
    if (closed) throw new StorageError('CLOSED', 'Expected an open instance; it was closed. Open another.');
  }

  /** The record as it is kept, with what the storage stamps. */
  function stamped({ ttlMs, ...given }: NewIdempotencyRecord): IdempotencyRecord {
    const createdAt = given.createdAt ?? timestampOf(clock);
    return {
      ...given,
      createdAt,
      ...(ttlMs === undefined ? {} : { expiresAt: expiryAfter(createdAt, ttlMs) }),
    };
  }

  const idempotencyStore: IdempotencyStore = {
    async get(token) {
      assertOpen();
      const found = records.get(parseToken(token));
      return found && { ...found };
    },

    async insert(record) {
      assertOpen();
      validateIdempotencyRecord(record);
      const { token } = record;
      if (records.has(token)) {
        const details = { surface: 'idempotency', id: token };
        throw new StorageError('ALREADY_EXISTS', `Expected a new token, got ${token}.`, { details });
      }
      const stored = stamped(record);
      records.set(token, stored);
      return { ...stored };
    },

    // IDEM-01 fails here, on purpose: "Of concurrent first requests with one (scope, key), exactly one executes."
    // (IDEM-02 fails with it: the loser is given an answer that is not the one stored.)
    //
    // This asks first and stores afterwards. While it waits for the answer another request asks too and also hears
    // that there is nothing: both store, both execute, and the customer is charged twice. Look at it:
    //   npx lockstep certify ./target.ts --only IDEM-01
    // The cure is one step that nothing can come between: in SQL a unique key and INSERT … ON CONFLICT DO NOTHING,
    // here no `await` between the question and the answer:
    //   const existing = records.get(record.token);
    async putIfAbsent(record) {
      assertOpen();
      validateIdempotencyRecord(record);
      const existing = await idempotencyStore.get(record.token);
      if (existing !== undefined) return { stored: false, existing: { ...existing } };
      const stored = stamped(record);
      records.set(record.token, stored);
      return { stored: true, record: { ...stored } };
    },

    async delete(token) {
      assertOpen();
      return records.delete(parseToken(token));
    },

    // Nothing expires here: the target does not declare the capability `ttl`. Declare it once yours does.
    async deleteExpired(limit) {
      assertOpen();
      validateSweepLimit(limit);
      return 0;
    },

    async scan(request) {
      assertOpen();
      return scanOf([...records.values()], request);
    },
  };

  return {
    idempotencyStore,
    async close() {
      closed = true;
    },
    async [Symbol.asyncDispose]() {
      closed = true;
    },
  };
}

export function dropStarter(namespace: string): void {
  databases.delete(namespace);
}

/** One page in the order of tokens. The cursor names the last row of the page before. */
function scanOf(
  records: readonly IdempotencyRecord[],
  { limit, cursor }: PageRequest,
): Page<IdempotencyRecord> {
  validatePage({ limit });
  const after = cursor === undefined ? undefined : decodeScanCursor(cursor);
  const rows = records
    .filter(({ token }) => after === undefined || compareIds(token, after) > 0)
    .toSorted((a, b) => compareIds(a.token, b.token));
  const items = rows.slice(0, limit).map((record) => ({ ...record }));
  const last = items.at(-1);
  return rows.length > limit && last ? { items, nextCursor: encodeScanCursor(last.token) } : { items };
}
