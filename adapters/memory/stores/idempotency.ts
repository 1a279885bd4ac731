import {
  expiryAfter,
  parseToken,
  validateIdempotencyRecord,
  validateSweepLimit,
  type IdempotencyRecord,
  type IdempotencyStore,
  type IdempotencyView,
  type NewIdempotencyRecord,
  type Timestamp,
} from '../../contract/index.ts';
import { alreadyExists } from '../../contract/rules/refusals.ts';
import { copy } from '../copy.ts';
import { scanPage } from '../page.ts';
import type { Session } from '../session.ts';
import { indexes, isExpired } from '../store.ts';
import { timeKey, type Rows } from '../table.ts';

/** The namespace's clock decides about expiry at each call. A sweep has no influence on it. */
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
        const now = session.now();
        // Abandoned executions are removed as well. They are not records, so they are not counted.
        sweep(session.tables.executions, indexes.lapse, now, limit);
        return sweep(rows, indexes.expiry, now, limit);
      }),
    scan: (request) => session.read(() => scanPage(rows, request)),
  };
}

/** Deletes at most `limit` rows whose time in the index has passed, and returns their number. */
function sweep<T>(rows: Rows<T>, index: string, now: Timestamp, limit: number): number {
  const over: string[] = [];
  for (const { time, id } of rows.positions(index, undefined, false)) {
    if (time > timeKey(now) || over.length === limit) break;
    over.push(id);
  }
  for (const id of over) rows.delete(id);
  return over.length;
}

export function liveRecord(session: Session, token: string): IdempotencyRecord | undefined {
  const record = session.tables.idempotency.get(token);
  return record === undefined || isExpired(record, session.now()) ? undefined : record;
}

export function store(session: Session, given: NewIdempotencyRecord): IdempotencyRecord {
  const { token, fingerprint, status, body, ttlMs } = given;
  const createdAt = given.createdAt ?? session.stamp();
  const expiresAt = ttlMs === undefined ? given.expiresAt : expiryAfter(createdAt, ttlMs);
  const unlimited: IdempotencyRecord = { token, fingerprint, status, body, createdAt };
  const record = expiresAt === undefined ? unlimited : { ...unlimited, expiresAt };
  session.tables.idempotency.set(record, 'absent');
  return copy(record);
}
