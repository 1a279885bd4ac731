/** Bugs in the statements of a section: how it begins, locks and ends. */
import type { Mutant } from '../mutant.ts';
import { withOtherLock } from '../otherLock.ts';
import { sqlMutants } from '../sqlTable.ts';
import { stampedAtBegin } from '../stamps.ts';

/** The 64-bit key of a stream. */
const HASH = /hashtextextended\(\('([a-z0-9_]+):' \|\| \$1::text\) COLLATE "C", 0\)/;

/** Where a section begins, and its lock. */
const BEGIN = /^BEGIN ISOLATION LEVEL READ COMMITTED/;
const LOCK = /SELECT pg_advisory_xact_lock\((?=.* COLLATE "C", 0\)\)$)/;
const LOCK_KEY = /\('[a-z0-9_]+:' \|\| \$1::text\) COLLATE "C", 0/;

const ENDS_WELL = `CASE WHEN $1::text ~ '[[:alnum:]]$' THEN $1::text END`;

/** A flight to a database that is not on the same machine, in seconds. */
const FLIGHT_S = 0.003;

export const inSql: readonly Mutant[] = sqlMutants([
  // The lock is the stream's own row. Where there is none nothing is locked, and nothing says so.
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
  // Does not wait, and does not look at the answer either.
  {
    name: 'try-lock-ignored',
    origin: 'pg_try_advisory_xact_lock for pg_advisory_xact_lock: its false is a row like any other.',
    clauses: ['LOCK-01'],
    rewrite: (sql) => sql.replace(LOCK, 'SELECT pg_try_advisory_xact_lock('),
  },
  // The key is PostgreSQL's 32-bit hash of the id; the namespace is the other half of it.
  {
    name: 'hashtext-lock',
    origin: 'pg_advisory_xact_lock(hashtext($1)): among 200,000 ids eight pairs are one lock.',
    clauses: ['LOCK-05'],
    rewrite: (sql) => sql.replace(HASH, `hashtext('$1'), hashtext($$1::text COLLATE "C")`),
  },
  // Ids that end in a sign have no key, and a NULL locks nothing.
  {
    name: 'null-key',
    origin:
      'The key is a part of the id that SQL cuts out of it; where there is none it is NULL, and the lock function does nothing and says nothing.',
    clauses: ['LOCK-11'],
    rewrite: (sql) => sql.replace(LOCK_KEY, (key) => key.replace('$1::text', () => ENDS_WELL)),
  },
  // The lock is the session's; it is given back after COMMIT, and after ROLLBACK it is forgotten.
  {
    name: 'session-lock-leak',
    origin:
      'pg_advisory_lock with its unlock behind the commit instead of in a finally block: a throw leaves it on the pooled connection.',
    clauses: ['LOCK-09', 'LOCK-02'],
    rewrite: (sql) => {
      // The last command's tag counts; a COMMIT without a transaction only warns.
      if (sql === 'COMMIT') return 'COMMIT; SELECT pg_advisory_unlock_all(); COMMIT';
      return sql.replace(LOCK, 'SELECT pg_advisory_lock(');
    },
  },
  // Nothing is rolled back: the connection goes to the next caller as it is.
  {
    name: 'released-in-transaction',
    origin: 'client.release() in a finally block, and ROLLBACK only where somebody thought of it.',
    clauses: ['LIFE-01', 'TX-01', 'LOCK-09'],
    rewrite: (sql) => (sql === 'ROLLBACK' ? 'SELECT 1' : sql),
  },
  // The bound of one wait stays on its connection.
  {
    name: 'set-not-local',
    origin: 'SET lock_timeout without LOCAL, on a connection that goes back to the pool.',
    clauses: ['LIFE-01'],
    rewrite: (sql) =>
      sql.startsWith("SELECT set_config('lock_timeout', $1")
        ? sql.replaceAll('::text, true)', '::text, false)')
        : sql.replace(/^SELECT set_config\('lock_timeout', '\d+', true\) IS NOT NULL AND /, 'SELECT '),
  },
  // The lock is the transaction's first statement, and so its snapshot is from before the wait.
  {
    name: 'repeatable-read-lock',
    origin: 'BEGIN ISOLATION LEVEL REPEATABLE READ "to be safe": every read in it is older than the lock.',
    clauses: ['LOCK-08'],
    rewrite: (sql) => sql.replace(BEGIN, 'BEGIN ISOLATION LEVEL REPEATABLE READ'),
  },
  // What is stamped in a section has the time of its BEGIN, a flight before it asks for the lock.
  {
    name: 'time-of-begin',
    origin: 'DEFAULT now(): it stands still from BEGIN on, and who began first need not be let in first.',
    clauses: ['ACT-04'],
    rewrite: (sql) => {
      const flown = (begin: string): string =>
        begin.replace('SELECT', `SELECT pg_sleep(random() * ${FLIGHT_S}); SELECT`);
      return stampedAtBegin(sql).replace(LOCK, flown);
    },
  },
]);
