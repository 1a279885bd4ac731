/** Idempotency records over the key-value store. The store's `get` decides whether a record has expired. */
import {
  expiryAfter,
  parseToken,
  validateIdempotencyRecord,
  validateSweepLimit,
  type IdempotencyRecord,
  type IdempotencyStore,
  type IdempotencyView,
  type NewIdempotencyRecord,
} from '../contract/index.ts';
import { alreadyExists } from '../contract/rules/refusals.ts';
import { scanPage } from './pages.ts';
import { withDefaults, type Session } from './session.ts';
import type { KeyValueStore } from './store.ts';

type Rows = KeyValueStore<IdempotencyRecord>;

export function createIdempotencyView(session: Session, rows: Rows): IdempotencyView {
  return {
    get: (token) => session.read(() => rows.get(parseToken(token))),
    insert: (record) =>
      session.write(() => {
        validateIdempotencyRecord(record);
        if (rows.get(record.token) !== undefined) throw alreadyExists('idempotency', record.token);
        return store(session, rows, record);
      }),
  };
}

/** `ttl`: whether the store's records expire. If not, a sweep finds none. */
export function createIdempotencyStore(session: Session, rows: Rows, ttl: boolean): IdempotencyStore {
  return {
    ...createIdempotencyView(session, rows),
    putIfAbsent: (record) =>
      session.write(() => {
        validateIdempotencyRecord(record);
        const existing = rows.get(record.token);
        return existing === undefined
          ? { stored: true, record: store(session, rows, record) }
          : { stored: false, existing };
      }),
    delete: (token) => session.write(() => rows.delete(parseToken(token))),
    deleteExpired: (limit) =>
      session.write(() => {
        validateSweepLimit(limit);
        if (!ttl) return 0;
        // Records that are stored but that `get` no longer returns. So the store's clock decides, as it does for every
        // read.
        const expired = [...rows.values()].filter(({ token }) => rows.get(token) === undefined);
        return expired.slice(0, limit).filter(({ token }) => rows.delete(token)).length;
      }),
    scan: (request) =>
      session.read(() =>
        scanPage(
          () => rows.values(),
          (row) => row.token,
          request,
        ),
      ),
  };
}

function store(session: Session, rows: Rows, given: NewIdempotencyRecord): IdempotencyRecord {
  const { ttlMs, ...rest } = given;
  const record = withDefaults(rest, { createdAt: session.stamp() }) as IdempotencyRecord;
  const expiry = ttlMs === undefined ? {} : { expiresAt: expiryAfter(record.createdAt, ttlMs) };
  rows.set(record.token, { ...record, ...expiry });
  return rows.get(record.token) ?? record;
}
