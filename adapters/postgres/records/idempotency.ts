import {
  expiryAfter,
  parseToken,
  StorageError,
  toMicros,
  validateIdempotencyRecord,
  validateSweepLimit,
  type IdempotencyRecord,
  type IdempotencyStore,
  type IdempotencyView,
  type NewIdempotencyRecord,
  type Timestamp,
} from '../../contract/index.ts';
import { alreadyExists } from '../../contract/rules/refusals.ts';
import { createScan } from '../sql/pages.ts';
import {
  checked,
  insertSql,
  plainInsertSql,
  qualified,
  rowOf,
  STAMPED,
  timeColumns,
  timeIn,
  timeParams,
  type Buffer,
  type Column,
  type Param,
  type Row,
  type Session,
  type Statement,
} from '../sql/sql.ts';
import { describeTable, recordIn, type Table } from '../sql/table.ts';

export const COLUMNS: readonly Column[] = [
  ['token', 'text'],
  ['fingerprint', 'text'],
  ['status', 'smallint'],
  ['body', 'text'],
  ...timeColumns('created_at'),
  ...timeColumns('expires_at'),
];

export const keyTable: (schema: string) => Table<IdempotencyRecord> = describeTable(
  'idempotency_keys',
  COLUMNS,
  fromRow,
);

/** An SQL condition: the record has not expired. */
export const LIVE = '(expires_at IS NULL OR expires_at > clock_timestamp())';

/** The expiry of a record to store, computed from its parameters. NULL: never. */
export const EXPIRY: string = `coalesce($7::timestamptz, now + $${COLUMNS.length + 1}::float8 * interval '1 millisecond')`;

/** How often putIfAbsent tries again if the existing record expired or was deleted in between. */
const PUT_ATTEMPTS = 10;

/** Creates the idempotency stores of `schema`, one per session, and the part of them that a view has. */
export function idempotencyStores(schema: string): {
  readonly view: (session: Session) => IdempotencyView;
  readonly store: (session: Session) => IdempotencyStore;
} {
  const keys = keyTable(schema);
  const { remove, sweep } = statements(keys, claimTable(schema));
  const insert = recordWriter(schema, 'idempotency.insert');
  const bufferInsert = bufferedInsert(schema);
  const scan = createScan({
    name: 'idempotency',
    ...keys,
    id: 'token',
    idOf: (record: IdempotencyRecord) => record.token,
  });
  const live = liveReader(schema);
  const view = (session: Session): IdempotencyView => ({
    get: (token) => session.read(async () => live(session, parseToken(token))),
    insert: (record) =>
      session.write(async () => {
        validateIdempotencyRecord(record);
        const { token } = record;
        const { buffer } = session;
        if (buffer !== undefined) return bufferInsert(buffer, record);
        const inserted = await insert(session, record);
        if (inserted === undefined) throw alreadyExists('idempotency', token);
        return inserted;
      }),
  });
  const store = (session: Session): IdempotencyStore => ({
    ...view(session),
    putIfAbsent: (record) =>
      session.write(async () => {
        validateIdempotencyRecord(record);
        // A copy, because the caller may change the record while this waits.
        const given = { ...record };
        const { token } = given;
        for (let attempt = 1; attempt <= PUT_ATTEMPTS; attempt += 1) {
          const inserted = await insert(session, given);
          if (inserted !== undefined) return { stored: true, record: inserted };
          // A second statement, because the first one sees the table as it was before it waited for the other writer.
          const existing = await live(session, token);
          if (existing !== undefined) return { stored: false, existing };
        }
        throw new StorageError(
          'UNAVAILABLE',
          `Expected the record of ${JSON.stringify(token)} to stay or to be absent, but it came and went ${PUT_ATTEMPTS} times. Nothing was stored; try again.`,
        );
      }),
    delete: (token) => session.write(async () => (await session.run(remove, [parseToken(token)])).count > 0),
    deleteExpired: (limit) =>
      session.write(async () => {
        validateSweepLimit(limit);
        return (await session.run(sweep, [limit])).count;
      }),
    scan: (request) => session.read(() => scan(session, request)),
  });
  return { view, store };
}

/** The table of executions in progress. */
export function claimTable(schema: string): string {
  return qualified(schema, 'idempotency_claims');
}

type LiveReader = (session: Session, token: string) => Promise<IdempotencyRecord | undefined>;

/** The statement that finds the record of a token, unless it has expired. */
export function liveGet(schema: string): Statement {
  const keys = keyTable(schema);
  return {
    name: 'idempotency.get',
    kind: 'read',
    text: `SELECT ${keys.selected} FROM ${keys.table}
      WHERE token = $1::text AND ${LIVE}`,
  };
}

/**
 * How many milliseconds after `now` the record in `row` expires. Undefined: it is no idempotency record, or it never
 * expires.
 */
export function msToExpiry(row: Row, now: Timestamp): number | undefined {
  const expiry = row['expires_at'];
  if (row['token'] === undefined || expiry === null || expiry === undefined) return undefined;
  return Number((toMicros(expiry) - toMicros(now)) / 1000n);
}

/** Returns a function that reads the record of a token, unless it has expired. */
export function liveReader(schema: string): LiveReader {
  const keys = keyTable(schema);
  const get = liveGet(schema);
  return async (session, token) => recordIn(keys, (await session.run(get, [token])).rows);
}

type RecordWriter = (
  session: Session,
  record: NewIdempotencyRecord,
  guarded?: readonly Param[],
) => Promise<IdempotencyRecord | undefined>;

/** The number of a guard's first own parameter. $1 is the token, $2 the fingerprint. */
export const FIRST_GUARDED: number = COLUMNS.length + 2;

/**
 * Stores a record unless the token has a live one; then it returns undefined and changes nothing. `guard` is a
 * statement that runs within the same one. If it returns no row, nothing is stored either.
 */
export function recordWriter(schema: string, name: string, guard?: string): RecordWriter {
  const keys = keyTable(schema);
  const overrides = { created_at: STAMPED, expires_at: EXPIRY };
  const write: Statement = {
    name,
    kind: 'write',
    // ON CONFLICT waits for a concurrent insert of the token and then decides by what it committed: of all callers that
    // find an expired record, one updates it and the others find it live. A live record gives no row instead of an SQL
    // error.
    text: `${insertSql(keys.table, COLUMNS, overrides, guard)}
      ${TAKEOVER}
      RETURNING ${keys.selected}`,
  };
  return async (session, record, guarded = []) =>
    recordIn(keys, (await session.run(write, [...toParams(record), ...guarded])).rows);
}

/** For a row that meets an expired record: replaces it. */
const TAKEOVER = `ON CONFLICT (token) DO UPDATE SET
        ${COLUMNS.slice(1)
          .map(([column]) => `${column} = excluded.${column}`)
          .join(', ')}
      WHERE stored.expires_at <= clock_timestamp()`;

/** An insert whose answer is known before it is sent. A live record of the token shows later, as an error. */
function bufferedInsert(schema: string): (buffer: Buffer, record: NewIdempotencyRecord) => IdempotencyRecord {
  const { table } = keyTable(schema);
  const statement: Statement = {
    name: 'idempotency.insertNow',
    kind: 'write',
    text: checked(`${plainInsertSql(table, COLUMNS)}
      ${TAKEOVER}
      RETURNING 1`),
  };
  return (buffer, record) => {
    const { token: id, ttlMs } = record;
    const [token, fingerprint, status, body, created, createdDigits, expires, expiresDigits] = toParams(
      record,
    ) as [Param, Param, Param, Param, Param, Param, Param, Param];
    const isCounted = created === null && ttlMs !== undefined && expires === null;
    const expiry = isCounted ? expiryAfter(buffer.now, ttlMs) : expires;
    const creation = created ?? buffer.now;
    const params = [token, fingerprint, status, body, creation, createdDigits, expiry, expiresDigits];
    const surface = 'idempotency';
    buffer.add({ statement, params, surface, id, unmet: () => alreadyExists(surface, id) });
    return fromRow(rowOf(COLUMNS, params));
  };
}

function statements(
  { table }: Table<IdempotencyRecord>,
  claims: string,
): Record<'remove' | 'sweep', Statement> {
  return {
    remove: {
      name: 'idempotency.delete',
      kind: 'write',
      text: `DELETE FROM ${table} WHERE token = $1::text`,
    },
    sweep: {
      name: 'idempotency.deleteExpired',
      kind: 'write',
      // Rows that are being taken over are skipped, and expiry is checked again on the row that is deleted.
      // MATERIALIZED: the limit must hold for the whole statement, not for each pass of a join. Executions that were
      // given up or whose record expired are deleted as well, but not counted, because they are no records.
      text: `WITH expired AS MATERIALIZED (
          SELECT token FROM ${table} WHERE expires_at <= (SELECT clock_timestamp())
          ORDER BY expires_at LIMIT $1::bigint FOR UPDATE SKIP LOCKED),
        lapsed AS MATERIALIZED (
          SELECT claim FROM ${claims} WHERE leased_until <= (SELECT clock_timestamp())
          ORDER BY leased_until LIMIT $1::bigint FOR UPDATE SKIP LOCKED),
        given_up AS (DELETE FROM ${claims} AS stored USING lapsed WHERE stored.claim = lapsed.claim)
        DELETE FROM ${table} AS stored USING expired
        WHERE stored.token = expired.token AND stored.expires_at <= clock_timestamp()`,
    },
  };
}

function toParams(record: NewIdempotencyRecord): Param[] {
  const { createdAt, ttlMs } = record;
  // The lifetime counts from the creation. If the caller gave the creation, it is added here, else in the statement.
  const isCounted = createdAt !== undefined && ttlMs !== undefined;
  const expiresAt = isCounted ? expiryAfter(createdAt, ttlMs) : record.expiresAt;
  return [
    record.token,
    record.fingerprint,
    record.status,
    record.body,
    ...timeParams(createdAt),
    ...timeParams(expiresAt),
    ttlMs ?? null,
  ];
}

export function fromRow(row: Row): IdempotencyRecord {
  return {
    token: row['token'] as string,
    fingerprint: row['fingerprint'] as string,
    status: Number(row['status']),
    body: row['body'] as string,
    createdAt: timeIn(row, 'created_at'),
    ...(row['expires_at'] === null ? {} : { expiresAt: timeIn(row, 'expires_at') }),
  };
}
