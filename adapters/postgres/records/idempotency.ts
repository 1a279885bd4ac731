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

/** Whether a record counts. */
export const LIVE = '(expires_at IS NULL OR expires_at > clock_timestamp())';

/** When a record to store expires, from its parameters; NULL: never. */
export const EXPIRY: string = `coalesce($7::timestamptz, now + $${COLUMNS.length + 1}::float8 * interval '1 millisecond')`;

/** How often putIfAbsent tries again when the record that was in its way expired or was deleted meanwhile. */
const PUT_ATTEMPTS = 10;

/** The stores of replay records in `schema`, one for each session, and what of them a view has. */
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
        // Not what the caller makes of it while this waits.
        const given = { ...record };
        const { token } = given;
        for (let attempt = 1; attempt <= PUT_ATTEMPTS; attempt += 1) {
          const inserted = await insert(session, given);
          if (inserted !== undefined) return { stored: true, record: inserted };
          // A statement of its own: the one above still sees the table as it was before it waited for the other.
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

/** The table of executions under way. */
export function claimTable(schema: string): string {
  return qualified(schema, 'idempotency_claims');
}

type LiveReader = (session: Session, token: string) => Promise<IdempotencyRecord | undefined>;

/** Finds the record of a token that has not expired. */
export function liveGet(schema: string): Statement {
  const keys = keyTable(schema);
  return {
    name: 'idempotency.get',
    kind: 'read',
    text: `SELECT ${keys.selected} FROM ${keys.table}
      WHERE token = $1::text AND ${LIVE}`,
  };
}

/** How long after `now` the record in `row` expires, in milliseconds; undefined: it is none of a token, or never does. */
export function msToExpiry(row: Row, now: Timestamp): number | undefined {
  const expiry = row['expires_at'];
  if (row['token'] === undefined || expiry === null || expiry === undefined) return undefined;
  return Number((toMicros(expiry) - toMicros(now)) / 1000n);
}

/** Reads the record of a token that has not expired. */
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

/** The parameters of a guard are numbered from here on. $1 is the token, $2 the fingerprint. */
export const FIRST_GUARDED: number = COLUMNS.length + 2;

/**
 * Stores a record where none is live; undefined: one is, and nothing was changed. With a `guard`, a statement within
 * the same one, it is also undefined when that gives no row.
 */
export function recordWriter(schema: string, name: string, guard?: string): RecordWriter {
  const keys = keyTable(schema);
  const overrides = { created_at: STAMPED, expires_at: EXPIRY };
  const write: Statement = {
    name,
    kind: 'write',
    // Waits for an open twin, then decides on what the twin committed: of all who come to an expired record one
    // updates it, and the others find it live. No row comes back for a live one, so nothing is an SQL error.
    text: `${insertSql(keys.table, COLUMNS, overrides, guard)}
      ${TAKEOVER}
      RETURNING ${keys.selected}`,
  };
  return async (session, record, guarded = []) =>
    recordIn(keys, (await session.run(write, [...toParams(record), ...guarded])).rows);
}

/** Of the row that was to be inserted: in place of one that has expired. */
const TAKEOVER = `ON CONFLICT (token) DO UPDATE SET
        ${COLUMNS.slice(1)
          .map(([column]) => `${column} = excluded.${column}`)
          .join(', ')}
      WHERE stored.expires_at <= clock_timestamp()`;

/** As an insert, of which a live record of the token is told later. */
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
      // Rows that somebody is taking over are skipped, and expiry is checked again on the row that is deleted.
      // MATERIALIZED: the limit must hold for the statement, not for each time that a join looks.
      // Executions that were given up, or whose records expired, go with them, uncounted: they are no records.
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
  // The lifetime counts from the creation: from a given one here, from a stamped one in the statement.
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
