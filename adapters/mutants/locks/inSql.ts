/** Bugs in the statements of a section: how it begins, locks and ends. */
import type { Mutant } from '../mutant.ts';
import { withOtherLock } from '../otherLock.ts';
import { sqlMutants } from '../sqlTable.ts';
import { stampedAtBegin } from '../stamps.ts';

/** The 64-bit key of a stream. */
const HASH = /hashtextextended\(\('([a-z0-9_]+):' \|\| \$1::text\) COLLATE "C", 0\)/;

/** The statement that begins a section, and its lock. */
const BEGIN = /^BEGIN ISOLATION LEVEL READ COMMITTED/;
const LOCK = /SELECT pg_advisory_xact_lock\((?=.* COLLATE "C", 0\)\)$)/;
const LOCK_KEY = /\('[a-z0-9_]+:' \|\| \$1::text\) COLLATE "C", 0/;

const ENDS_WELL = `CASE WHEN $1::text ~ '[[:alnum:]]$' THEN $1::text END`;

/** The duration of a flight to a database on another machine, in seconds. */
const FLIGHT_S = 0.003;

export const inSql: readonly Mutant[] = sqlMutants([
  // The lock is the row of the stream. If there is no row, nothing is locked, without an error.
  {
    name: 'row-lock',
    origin:
      'SELECT … FROM streams WHERE id = $1 FOR UPDATE as the lock: for an id without a row it returns at once.',
    clauses: ['LOCK-01'],
    rewrite: (sql) =>
      withOtherLock(
        sql,
        (schema, key) =>
          `SELECT 1 FROM "${schema}".streams WHERE id = substr(${key}, ${schema.length + 2}) FOR UPDATE`,
      ),
  },
  // The lock does not wait, and its result is not checked.
  {
    name: 'try-lock-ignored',
    origin:
      'pg_try_advisory_xact_lock instead of pg_advisory_xact_lock: nobody checks whether it returned false.',
    clauses: ['LOCK-01'],
    rewrite: (sql) => sql.replace(LOCK, 'SELECT pg_try_advisory_xact_lock('),
  },
  // The key is PostgreSQL's 32-bit hash of the id. The namespace is the other half.
  {
    name: 'hashtext-lock',
    origin: 'pg_advisory_xact_lock(hashtext($1)): among 200,000 ids, about five pairs share a lock.',
    clauses: ['LOCK-05'],
    rewrite: (sql) => sql.replace(HASH, `hashtext('$1'), hashtext($$1::text COLLATE "C")`),
  },
  // Ids that end in a punctuation character have no key, and a NULL locks nothing.
  {
    name: 'null-key',
    origin:
      'The key is a part of the id that SQL extracts; if there is none it is NULL, and the lock function does nothing, without an error.',
    clauses: ['LOCK-11'],
    rewrite: (sql) => sql.replace(LOCK_KEY, (key) => key.replace('$1::text', () => ENDS_WELL)),
  },
  // The lock belongs to the session. It is released after COMMIT, but forgotten after ROLLBACK.
  {
    name: 'session-lock-leak',
    origin:
      'pg_advisory_lock with its unlock after the commit instead of in a finally block: an error leaves the lock on the pooled connection.',
    clauses: ['LOCK-09', 'LOCK-02'],
    rewrite: (sql) => {
      // Of several commands the last tag counts, and a COMMIT without a transaction only warns.
      if (sql === 'COMMIT') return 'COMMIT; SELECT pg_advisory_unlock_all(); COMMIT';
      return sql.replace(LOCK, 'SELECT pg_advisory_lock(');
    },
  },
  // Nothing is rolled back: the connection goes to the next caller inside its transaction.
  {
    name: 'released-in-transaction',
    origin: 'client.release() in a finally block, but ROLLBACK only in some places.',
    clauses: ['LIFE-01', 'TX-01', 'LOCK-09'],
    rewrite: (sql) => (sql === 'ROLLBACK' ? 'SELECT 1' : sql),
  },
  // The timeout of one wait stays on its connection.
  {
    name: 'set-not-local',
    origin: 'SET lock_timeout without LOCAL, on a connection that is returned to the pool.',
    clauses: ['LIFE-01'],
    rewrite: (sql) =>
      sql.startsWith("SELECT set_config('lock_timeout', $1")
        ? sql.replaceAll('::text, true)', '::text, false)')
        : sql.replace(/^SELECT set_config\('lock_timeout', '\d+', true\) IS NOT NULL AND /, 'SELECT '),
  },
  // The lock is the first statement of the transaction, so its snapshot is from before the wait.
  {
    name: 'repeatable-read-lock',
    origin: 'BEGIN ISOLATION LEVEL REPEATABLE READ "to be safe": every read in it is older than the lock.',
    clauses: ['LOCK-08'],
    rewrite: (sql) => sql.replace(BEGIN, 'BEGIN ISOLATION LEVEL REPEATABLE READ'),
  },
  // Times in a section are those of its BEGIN, which is one flight before the lock is requested.
  {
    name: 'time-of-begin',
    origin: 'DEFAULT now(): it stays the time of BEGIN, and the first to begin need not get the lock first.',
    clauses: ['ACT-04'],
    rewrite: (sql) => {
      const flown = (begin: string): string =>
        begin.replace('SELECT', `SELECT pg_sleep(random() * ${FLIGHT_S}); SELECT`);
      return stampedAtBegin(sql).replace(LOCK, flown);
    },
  },
]);
