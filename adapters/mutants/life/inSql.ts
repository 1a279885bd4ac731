/** Bugs in the SQL of namespaces. */
import type { Mutant } from '../mutant.ts';
import { sqlMutants } from '../sqlTable.ts';

const TENANT = /"ls_[a-z0-9_]+"\.users\b/g;

export const inSql: readonly Mutant[] = sqlMutants([
  // Nobody waits for the instance that creates the tables.
  {
    name: 'first-open-race',
    origin:
      'Every instance checks whether the tables exist and creates them if not: two that start at once both create them.',
    clauses: ['LIFE-04'],
    rewrite: (sql) =>
      sql.replace(
        'SELECT pg_advisory_xact_lock(hashtextextended($1::text COLLATE "C", 1))',
        'SELECT $1::text',
      ),
  },
  // The users of all namespaces are in one table.
  {
    name: 'shared-table',
    origin:
      'One table was not moved in the change to a schema per tenant, because its statements name the schema.',
    clauses: ['LIFE-05'],
    rewrite: (sql) =>
      sql
        .replace('CREATE TABLE users (', 'CREATE TABLE IF NOT EXISTS public.lockstep_shared_users (')
        .replace(TENANT, 'public.lockstep_shared_users'),
  },
]);
