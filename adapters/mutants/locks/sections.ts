import type { Mutant } from '../mutant.ts';

/** Where a section begins, and its lock. */
const BEGIN = /^BEGIN ISOLATION LEVEL READ COMMITTED/;
const LOCK = /SELECT pg_advisory_xact_lock\((?=.* COLLATE "C", 0\)\)$)/;
const LOCK_KEY = /\('[a-z0-9_]+:' \|\| \$1::text\) COLLATE "C", 0/;

/** The lock is the transaction's first statement, and so its snapshot is from before the wait. */
export const repeatableReadLock: Mutant = {
  name: 'repeatable-read-lock',
  origin: 'BEGIN ISOLATION LEVEL REPEATABLE READ "to be safe": every read in it is older than the lock.',
  clauses: ['LOCK-08'],
  bases: ['postgres'],
  rewrite: (sql) => sql.replace(BEGIN, 'BEGIN ISOLATION LEVEL REPEATABLE READ'),
};

/** Does not wait, and does not look at the answer either. */
export const tryLockIgnored: Mutant = {
  name: 'try-lock-ignored',
  origin: 'pg_try_advisory_xact_lock for pg_advisory_xact_lock: its false is a row like any other.',
  clauses: ['LOCK-01'],
  bases: ['postgres'],
  rewrite: (sql) => sql.replace(LOCK, 'SELECT pg_try_advisory_xact_lock('),
};

/** The bound of one wait stays on its connection. */
export const setNotLocal: Mutant = {
  name: 'set-not-local',
  origin: 'SET lock_timeout without LOCAL, on a connection that goes back to the pool.',
  clauses: ['LIFE-01'],
  bases: ['postgres'],
  rewrite: (sql) =>
    sql.startsWith("SELECT set_config('lock_timeout', $1")
      ? sql.replaceAll('::text, true)', '::text, false)')
      : sql.replace(/^SELECT set_config\('lock_timeout', '\d+', true\) IS NOT NULL AND /, 'SELECT '),
};

const ENDS_WELL = `CASE WHEN $1::text ~ '[[:alnum:]]$' THEN $1::text END`;

/** Ids that end in a sign have no key, and a NULL locks nothing. */
export const nullKey: Mutant = {
  name: 'null-key',
  origin:
    'The key is a part of the id that SQL cuts out of it; where there is none it is NULL, and the lock function does nothing and says nothing.',
  clauses: ['LOCK-11'],
  bases: ['postgres'],
  rewrite: (sql) => sql.replace(LOCK_KEY, (key) => key.replace('$1::text', () => ENDS_WELL)),
};

/** Nothing is rolled back: the connection goes to the next caller as it is. */
export const releasedInTransaction: Mutant = {
  name: 'released-in-transaction',
  origin: 'client.release() in a finally block, and ROLLBACK only where somebody thought of it.',
  clauses: ['LIFE-01', 'TX-01', 'LOCK-09'],
  bases: ['postgres'],
  rewrite: (sql) => (sql === 'ROLLBACK' ? 'SELECT 1' : sql),
};

/** A flight to a database that is not on the same machine, in seconds. */
const FLIGHT_S = 0.003;
const LATEST = /greatest\(now, \(\s*SELECT latest.+?LIMIT 1\)\)/s;
const NEVER_BACK = /CASE WHEN latest > now THEN .+? END AS latest/;

/** What is stamped in a section has the time of its BEGIN, a flight before it asks for the lock. */
export const timeOfBegin: Mutant = {
  name: 'time-of-begin',
  origin: 'DEFAULT now(): it stands still from BEGIN on, and who began first need not be let in first.',
  clauses: ['ACT-04'],
  bases: ['postgres'],
  rewrite: (sql) => {
    const flown = (begin: string): string =>
      begin.replace('SELECT', `SELECT pg_sleep(random() * ${FLIGHT_S}); SELECT`);
    const stamped = sql.replaceAll('SELECT clock_timestamp() AS now', 'SELECT now() AS now');
    return stamped.replace(LATEST, 'now').replace(NEVER_BACK, 'NULL AS latest').replace(LOCK, flown);
  },
};
