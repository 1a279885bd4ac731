/** Bugs in the SQL that show only after a crash, or with a frozen process. */
import type { Mutant } from '../mutant.ts';
import { sqlMutants } from '../sqlTable.ts';

export const inSql: readonly Mutant[] = sqlMutants([
  // Commits are acknowledged before they are on disk.
  {
    name: 'async-commit',
    origin:
      'synchronous_commit = off for speed, set on each new connection: a crash of the server loses the last commits.',
    clauses: ['TX-04'],
    // The statement that the reference runs on each new connection.
    rewrite: (sql) =>
      sql.replace(
        /^SELECT pg_is_in_recovery\(\) AS replica$/,
        "$&, set_config('synchronous_commit', 'off', false)",
      ),
  },
  // No table survives a crash of the server.
  {
    name: 'unlogged-tables',
    origin: 'CREATE UNLOGGED TABLE, for speed: PostgreSQL empties such tables when it recovers from a crash.',
    clauses: ['TX-04'],
    rewrite: (sql) => sql.replace(/^CREATE TABLE\b/gm, 'CREATE UNLOGGED TABLE'),
  },
  // Replay records do not survive a crash of the server, but effects do.
  {
    name: 'unlogged-tokens',
    origin:
      'Idempotency keys are "only a cache", so their table is unlogged: after a crash, requests are executed again.',
    clauses: ['IDEM-12'],
    rewrite: (sql) =>
      sql.replace(/^CREATE TABLE idempotency_keys\b/m, 'CREATE UNLOGGED TABLE idempotency_keys'),
  },
  // A section may be idle without limit, so a frozen process keeps its lock.
  {
    name: 'no-idle-bound',
    origin:
      'idle_in_transaction_session_timeout is off by default: a frozen process keeps its transaction and its lock.',
    clauses: ['LOCK-12'],
    rewrite: (sql) =>
      sql
        .replace(/^BEGIN\b[^;]*/, (begin) => `${begin}; SET LOCAL idle_in_transaction_session_timeout = 0`)
        // A section sets the limit again after a wait with its own timeout.
        .replace(/(set_config\('idle_in_transaction_session_timeout', )'[^']*'/, "$1'0'"),
  },
]);
