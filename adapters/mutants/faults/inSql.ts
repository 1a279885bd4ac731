/** Bugs in the SQL that only a crash or a frozen process shows. */
import type { Mutant } from '../mutant.ts';
import { sqlMutants } from '../sqlTable.ts';

export const inSql: readonly Mutant[] = sqlMutants([
  // Commits are answered before they are on disk.
  {
    name: 'async-commit',
    origin:
      'synchronous_commit = off for speed, set as each connection is made: a crash of the server loses the last commits.',
    clauses: ['TX-04'],
    // What the reference asks each new connection.
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
  // Replay records do not survive a crash of the server; effects do.
  {
    name: 'unlogged-tokens',
    origin:
      'Idempotency keys are "only a cache", so their table is unlogged: after a crash requests are done again.',
    clauses: ['IDEM-12'],
    rewrite: (sql) =>
      sql.replace(/^CREATE TABLE idempotency_keys\b/m, 'CREATE UNLOGGED TABLE idempotency_keys'),
  },
  // A section may pause for as long as it likes: one whose process stands still keeps its lock.
  {
    name: 'no-idle-bound',
    origin:
      'idle_in_transaction_session_timeout is off, as it is by default: a frozen process keeps its transaction and its lock.',
    clauses: ['LOCK-12'],
    rewrite: (sql) =>
      sql
        .replace(/^BEGIN\b[^;]*/, (begin) => `${begin}; SET LOCAL idle_in_transaction_session_timeout = 0`)
        // After a wait of its own length a section sets it again.
        .replace(/(set_config\('idle_in_transaction_session_timeout', )'[^']*'/, "$1'0'"),
  },
]);
