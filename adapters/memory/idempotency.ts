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
import { copy } from './copy.ts';
import { scanPage } from './page.ts';
import type { Session } from './session.ts';
import { indexes, isExpired } from './store.ts';
import { alreadyExists, timeKey } from './table.ts';

/** Expiry is decided by the namespace's clock at the moment of each call, never by what was swept. */
export function createIdempotencyView(session: Session): IdempotencyView {
  return {
    get: (token) =>
      session.read(() => {
        parseToken(token);
        return copy(liveRecord(session, token));
      }),
    insert: (record) =>
      session.write(() => {
        validateIdempotencyRecord(record);
        if (liveRecord(session, record.token) !== undefined) throw alreadyExists('idempotency', record.token);
        return store(session, record);
      }),
  };
}

export function createIdempotencyStore(session: Session): IdempotencyStore {
  const rows = session.tables.idempotency;
  return {
    ...createIdempotencyView(session),
    putIfAbsent: (record) =>
      session.write(() => {
        validateIdempotencyRecord(record);
        const existing = liveRecord(session, record.token);
        return existing === undefined
          ? { stored: true, record: store(session, record) }
          : { stored: false, existing: copy(existing) };
      }),
    delete: (token) =>
      session.write(() => {
        parseToken(token);
        return rows.delete(token);
      }),
    deleteExpired: (limit) =>
      session.write(() => {
        validateSweepLimit(limit);
        const now = timeKey(session.now());
        const expired: string[] = [];
        for (const { time, id } of rows.positions(indexes.expiry, undefined, false)) {
          if (time > now || expired.length === limit) break;
          expired.push(id);
        }
        for (const token of expired) rows.delete(token);
        return expired.length;
      }),
    scan: (request) => session.read(() => scanPage(rows, request)),
  };
}

function liveRecord(session: Session, token: string): IdempotencyRecord | undefined {
  const record = session.tables.idempotency.get(token);
  return record === undefined || isExpired(record, session.now()) ? undefined : record;
}

function store(session: Session, given: NewIdempotencyRecord): IdempotencyRecord {
  const { token, fingerprint, status, body, ttlMs } = given;
  const createdAt = given.createdAt ?? session.stamp();
  const expiresAt = ttlMs === undefined ? given.expiresAt : expiryAfter(createdAt, ttlMs);
  const unlimited: IdempotencyRecord = { token, fingerprint, status, body, createdAt };
  const record = expiresAt === undefined ? unlimited : { ...unlimited, expiresAt };
  session.tables.idempotency.set(record, 'absent');
  return copy(record);
}
