import type { Mutant } from '../mutant.ts';

/** No table survives a crash of the server. */
export const unloggedTables: Mutant = {
  name: 'unlogged-tables',
  origin: 'CREATE UNLOGGED TABLE, for speed: PostgreSQL empties such tables when it recovers from a crash.',
  clauses: ['TX-04'],
  bases: ['postgres'],
  rewrite: (sql) => sql.replace(/^CREATE TABLE\b/gm, 'CREATE UNLOGGED TABLE'),
};

/** Replay records do not survive a crash of the server; effects do. */
export const unloggedTokens: Mutant = {
  name: 'unlogged-tokens',
  origin:
    'Idempotency keys are "only a cache", so their table is unlogged: after a crash requests are done again.',
  clauses: ['IDEM-12'],
  bases: ['postgres'],
  rewrite: (sql) =>
    sql.replace(/^CREATE TABLE idempotency_keys\b/m, 'CREATE UNLOGGED TABLE idempotency_keys'),
};
