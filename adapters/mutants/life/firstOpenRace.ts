import type { Mutant } from '../mutant.ts';

/** Nobody waits for whoever makes the tables. */
export const firstOpenRace: Mutant = {
  name: 'first-open-race',
  origin:
    'Every instance looks whether the tables are there and makes them if not: two that start at once both make them.',
  clauses: ['LIFE-04'],
  bases: ['postgres'],
  rewrite: (sql) =>
    sql.replace('SELECT pg_advisory_xact_lock(hashtextextended($1::text COLLATE "C", 1))', 'SELECT $1::text'),
};
