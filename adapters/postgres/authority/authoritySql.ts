/** The statements of the authority. What they call is in migrations/007_authority.sql. */
import { NO_AUTHORITY, type AuthorityState, type Writer } from '../../contract/index.ts';
import { qualified, type Asked, type Row, type Statement } from '../sql/sql.ts';
import { writerText } from './writers.ts';

type Name = 'get' | 'remove' | 'endLease' | 'untriggered' | 'end';

/** Every table that holds records. Locks and leases are none: whoever holds one writes nothing by it. */
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
    /** The tables on which nothing judges writers yet. */
    untriggered: {
      name: 'authority.untriggered',
      kind: 'read',
      text: `SELECT name FROM unnest(ARRAY['${TABLES.join("', '")}']) AS name
        WHERE NOT EXISTS (SELECT FROM pg_trigger
          WHERE tgrelid = ('"${schema}".' || name)::regclass AND tgname = '${TRIGGER}')`,
    },
    /** Ends the sessions of writers of the names in $1, and those that write to one of the tables in $2; answers with them. */
    end: {
      name: 'authority.end',
      kind: 'write',
      // MATERIALIZED: nobody is ended whom the conditions do not name, in whatever order they are looked at.
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

/** Within a transaction: everything in it is written for `writer`, whom the storage accepts. */
export function writeAs(schema: string, writer: Writer): Asked {
  const text = `SELECT ${qualified(schema, 'write_as')}($1::text)`;
  return { statement: { name: 'authority.writeAs', kind: 'read', text }, params: [writerText(writer)] };
}

/** Puts the trigger on one table. */
export function triggerSql(schema: string, table: string, lockTimeoutMs: number): string {
  return [
    // Behind a wait for the lock stands everybody who writes: it must be short.
    `SET LOCAL lock_timeout = ${lockTimeoutMs}`,
    `CREATE OR REPLACE TRIGGER ${TRIGGER} BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE
      ON ${qualified(schema, table)} FOR EACH STATEMENT EXECUTE FUNCTION ${qualified(schema, TRIGGER)}()`,
  ].join('; ');
}

export interface Setting {
  /** The names of writers that `next` refuses and `expected` does not. */
  readonly refused: readonly string[];
  readonly lockTimeoutMs: number;
  readonly statementTimeoutMs: number;
}

/**
 * Compares and sets in one flight, which the server carries out to its end, whatever becomes of the client: nobody could
 * write while a session that is frozen had the lock.
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

/** The state in a row; without one nobody has set any. */
export function stateOf(row: Row | undefined): AuthorityState {
  if (row === undefined) return NO_AUTHORITY;
  return {
    epoch: Number(row['epoch']),
    decides: row['decides'] === 't',
    admitsUnmarked: row['admits_unmarked'] === 't',
  };
}
