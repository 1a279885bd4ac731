import {
  expiryAfter,
  parseToken,
  StorageError,
  validateIdempotencyRecord,
  validateSweepLimit,
  type IdempotencyRecord,
  type IdempotencyStore,
  type IdempotencyView,
  type NewIdempotencyRecord,
} from '../contract/index.ts';
import { alreadyExists } from './errors.ts';
import { createScan } from './pages.ts';
import {
  insertSql,
  qualified,
  selectList,
  STAMPED,
  timeColumns,
  timeIn,
  timeParams,
  type Column,
  type Param,
  type Row,
  type Session,
  type Statement,
} from './sql.ts';

const COLUMNS: readonly Column[] = [
  ['token', 'text'],
  ['fingerprint', 'text'],
  ['status', 'smallint'],
  ['body', 'text'],
  ...timeColumns('created_at'),
  ...timeColumns('expires_at'),
];

/** How often putIfAbsent tries again when the record that was in its way expired or was deleted meanwhile. */
const PUT_ATTEMPTS = 10;

/** The stores of replay records in `schema`, one for each session, and what of them a view has. */
export function idempotencyStores(schema: string): {
  readonly view: (session: Session) => IdempotencyView;
  readonly store: (session: Session) => IdempotencyStore;
} {
  const table = qualified(schema, 'idempotency_keys');
  const { get, insert, remove, sweep } = statements(table);
  const scan = createScan({
    name: 'idempotency',
    table,
    columns: COLUMNS,
    id: 'token',
    fromRow,
    idOf: (record: IdempotencyRecord) => record.token,
  });
  const live = async (session: Session, token: string): Promise<IdempotencyRecord | undefined> => {
    const { rows } = await session.run(get, [token]);
    return rows[0] === undefined ? undefined : fromRow(rows[0]);
  };
  const view = (session: Session): IdempotencyView => ({
    get: (token) => session.read(async () => live(session, parseToken(token))),
    insert: (record) =>
      session.write(async () => {
        validateIdempotencyRecord(record);
        const { token } = record;
        const { rows } = await session.run(insert, toParams(record));
        if (rows[0] === undefined) throw alreadyExists('idempotency', token);
        return fromRow(rows[0]);
      }),
  });
  const store = (session: Session): IdempotencyStore => ({
    ...view(session),
    putIfAbsent: (record) =>
      session.write(async () => {
        validateIdempotencyRecord(record);
        const { token } = record;
        const params = toParams(record);
        for (let attempt = 1; attempt <= PUT_ATTEMPTS; attempt += 1) {
          const { rows } = await session.run(insert, params);
          if (rows[0] !== undefined) return { stored: true, record: fromRow(rows[0]) };
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

function statements(table: string): Record<'get' | 'insert' | 'remove' | 'sweep', Statement> {
  const columns = selectList(COLUMNS);
  const ttl = `$${COLUMNS.length + 1}::float8`;
  return {
    get: {
      name: 'idempotency.get',
      kind: 'read',
      text: `SELECT ${columns} FROM ${table}
        WHERE token = $1::text AND (expires_at IS NULL OR expires_at > clock_timestamp())`,
    },
    insert: {
      name: 'idempotency.insert',
      kind: 'write',
      // Waits for an open twin, then decides on what the twin committed: of all who come to an expired record one
      // updates it, and the others find it live. No row comes back for a live one, so nothing is an SQL error.
      text: `${insertSql(table, COLUMNS, {
        created_at: STAMPED,
        expires_at: `coalesce($$, now + ${ttl} * interval '1 millisecond')`,
      })}
        ON CONFLICT (token) DO UPDATE SET
          ${COLUMNS.slice(1)
            .map(([name]) => `${name} = excluded.${name}`)
            .join(', ')}
        WHERE stored.expires_at <= clock_timestamp()
        RETURNING ${columns}`,
    },
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
      text: `WITH expired AS MATERIALIZED (
          SELECT token FROM ${table} WHERE expires_at <= (SELECT clock_timestamp())
          ORDER BY expires_at LIMIT $1::bigint FOR UPDATE SKIP LOCKED)
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

function fromRow(row: Row): IdempotencyRecord {
  return {
    token: row['token'] as string,
    fingerprint: row['fingerprint'] as string,
    status: Number(row['status']),
    body: row['body'] as string,
    createdAt: timeIn(row, 'created_at'),
    ...(row['expires_at'] === null ? {} : { expiresAt: timeIn(row, 'expires_at') }),
  };
}
