/** Bugs in the functions and triggers with which PostgreSQL checks the authority. */
import type { Mutant } from '../mutant.ts';
import { sqlMutants } from '../sqlTable.ts';

export const inSql: readonly Mutant[] = sqlMutants(
  [
    {
      name: 'judged-not-held',
      origin: 'The trigger checks the epoch without a lock, and the commit comes after the hand over.',
      clauses: ['MIG-07'],
      rewrite: (sql) => sql.replaceAll('PERFORM pg_advisory_xact_lock_shared(writer_key(writer));', ''),
    },
    {
      name: 'table-unjudged',
      origin: 'One table was added later and has no trigger.',
      clauses: ['MIG-07'],
      rewrite: (sql) => (/TRIGGER fence_writer[^;]*idempotency_claims/.test(sql) ? 'SELECT 1' : sql),
    },
    {
      name: 'role-unjudged',
      origin: 'The trigger compares only epochs: copies overwrite records of the storage that decides.',
      clauses: ['MIG-07'],
      rewrite: (sql) =>
        sql.replace(
          "ELSE writer = state.epoch || CASE WHEN state.decides THEN ':deciding' ELSE ':copying' END",
          "ELSE writer LIKE state.epoch || ':%'",
        ),
    },
    {
      name: 'compared-beforehand',
      origin: 'The state is compared before the wait for running sections, but not in the update.',
      clauses: ['MIG-07'],
      rewrite: (sql) =>
        sql.replace(
          /WHERE \(stored\.epoch, stored\.decides, stored\.admits_unmarked\)\s+= \(expected\.epoch, expected\.decides, expected\.admits_unmarked\)/,
          '',
        ),
    },
  ],
  ['postgres', 'postgres-lease'],
);
