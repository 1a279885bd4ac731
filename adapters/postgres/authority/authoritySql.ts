/** The statements of the authority. The functions that they call are defined in migrations/007_authority.sql. */
import { NO_AUTHORITY, type AuthorityState, type Writer } from '../../contract/index.ts';
import { qualified, type Asked, type Row, type Statement } from '../sql/sql.ts';
import { writerText } from './writers.ts';

type Name = 'get' | 'remove' | 'endLease' | 'untriggered' | 'end';

/** Every table that holds records. Tables of locks and leases are left out: holding a lock writes no record. */
const TABLES = [
  'streams',
  'users',
  'activity_events',
  'idempotency_keys',
  'idempotency_claims',
  'export_jobs',
  'export_audit_records',
] as const;

const TRIGGER = 'fence_writer';

export function authorityStatements(schema: string): Readonly<Record<Name, Statement>> {
  return {
    get: {
      name: 'authority.get',
      kind: 'read',
      text: `SELECT epoch, decides, admits_unmarked FROM ${qualified(schema, 'authority')}`,
    },
    remove: {
      name: 'authority.remove',
      kind: 'write',
      text: `SELECT ${qualified(schema, 'remove_record')}($1::text, $2::text, $3::text) AS removed`,
    },
    endLease: {
      name: 'authority.endLease',
      kind: 'write',
      text: `UPDATE ${qualified(schema, 'export_jobs')}
        SET claim = $2::text, claimed_by = NULL, lease_ms = 1, leased_until = clock_timestamp()
        WHERE id = $1::text AND status = 'processing'`,
    },
    /** The tables that have no trigger yet, so that their writers are not judged. */
    untriggered: {
      name: 'authority.untriggered',
      kind: 'read',
      text: `SELECT name FROM unnest(ARRAY['${TABLES.join("', '")}']) AS name
        WHERE NOT EXISTS (SELECT FROM pg_trigger
          WHERE tgrelid = ('"${schema}".' || name)::regclass AND tgname = '${TRIGGER}')`,
    },
    /**
     * Ends the sessions of the writers named in $1, and of those that write to a table in $2. Returns the ended
     * sessions.
     */
    end: {
      name: 'authority.end',
      kind: 'write',
      // MATERIALIZED: the conditions are evaluated first, so no other session can be terminated.
      text: `WITH holders AS MATERIALIZED (
          SELECT DISTINCT pid FROM pg_locks WHERE granted AND pid <> pg_backend_pid()
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND (locktype = 'advisory' AND mode = 'ShareLock' AND objsubid = 1
                AND (classid::bigint << 32 | objid::bigint)
                  = ANY (SELECT ${qualified(schema, 'writer_key')}(name) FROM unnest($1::text[]) AS name)
              OR locktype = 'relation' AND mode = 'RowExclusiveLock'
                AND relation = ANY (SELECT ('"${schema}".' || name)::regclass FROM unnest($2::text[]) AS name)))
        SELECT pid FROM holders WHERE pg_terminate_backend(pid)`,
    },
  };
}

/** Marks the transaction as `writer`'s. The database rejects it if the storage does not accept that writer. */
export function writeAs(schema: string, writer: Writer): Asked {
  const text = `SELECT ${qualified(schema, 'write_as')}($1::text)`;
  return { statement: { name: 'authority.writeAs', kind: 'read', text }, params: [writerText(writer)] };
}

/** Adds the trigger to one table. */
export function triggerSql(schema: string, table: string, lockTimeoutMs: number): string {
  return [
    // Every writer waits behind a request for the lock, so the request must not wait for long.
    `SET LOCAL lock_timeout = ${lockTimeoutMs}`,
    `CREATE OR REPLACE TRIGGER ${TRIGGER} BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE
      ON ${qualified(schema, table)} FOR EACH STATEMENT EXECUTE FUNCTION ${qualified(schema, TRIGGER)}()`,
  ].join('; ');
}

export interface Setting {
  /** The names of writers that `expected` accepts and `next` refuses. */
  readonly refused: readonly string[];
  readonly lockTimeoutMs: number;
  readonly statementTimeoutMs: number;
}

/**
 * Compares and sets in one flight. The server completes it whatever happens to the client: a client that froze while it
 * held the lock would block every writer.
 */
export function setSql(
  schema: string,
  expected: AuthorityState,
  next: AuthorityState,
  { refused, lockTimeoutMs, statementTimeoutMs }: Setting,
): string {
  const row = ({ epoch, decides, admitsUnmarked }: AuthorityState): string =>
    `ROW(true, ${epoch}, ${decides}, ${admitsUnmarked})::${qualified(schema, 'authority')}`;
  return [
    'SET TRANSACTION ISOLATION LEVEL READ COMMITTED',
    `SET LOCAL lock_timeout = ${lockTimeoutMs}`,
    `SET LOCAL statement_timeout = ${statementTimeoutMs}`,
    `SELECT changed, (state).epoch, (state).decides, (state).admits_unmarked
      FROM ${qualified(schema, 'set_authority')}(
        ${row(expected)}, ${row(next)}, ARRAY[${refused.map((name) => `'${name}'`).join(', ')}]::text[])`,
  ].join('; ');
}

/** The state in `row`. Without a row, no state has ever been set. */
export function stateOf(row: Row | undefined): AuthorityState {
  if (row === undefined) return NO_AUTHORITY;
  return {
    epoch: Number(row['epoch']),
    decides: row['decides'] === 't',
    admitsUnmarked: row['admits_unmarked'] === 't',
  };
}
