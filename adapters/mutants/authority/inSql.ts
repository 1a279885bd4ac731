/** What can be wrong in the functions and triggers that judge in PostgreSQL. */
import type { Mutant, MutantBase } from '../mutant.ts';

const BASES: readonly MutantBase[] = ['postgres', 'postgres-lease'];

export const judgedNotHeld: Mutant = {
  name: 'judged-not-held',
  origin:
    'The trigger looks at the epoch and holds nothing until the commit, which comes after the hand over.',
  clauses: ['MIG-07'],
  bases: BASES,
  rewrite: (sql) => sql.replaceAll('PERFORM pg_advisory_xact_lock_shared(writer_key(writer));', ''),
};

export const tableUnjudged: Mutant = {
  name: 'table-unjudged',
  origin: 'One table was added later, and has no trigger.',
  clauses: ['MIG-07'],
  bases: BASES,
  rewrite: (sql) => (/TRIGGER fence_writer[^;]*idempotency_claims/.test(sql) ? 'SELECT 1' : sql),
};

export const roleUnjudged: Mutant = {
  name: 'role-unjudged',
  origin: 'The trigger compares epochs alone: copies overwrite the storage that decides.',
  clauses: ['MIG-07'],
  bases: BASES,
  rewrite: (sql) =>
    sql.replace(
      "ELSE writer = state.epoch || CASE WHEN state.decides THEN ':deciding' ELSE ':copying' END",
      "ELSE writer LIKE state.epoch || ':%'",
    ),
};

export const comparedBefore: Mutant = {
  name: 'compared-beforehand',
  origin: 'The state is compared before the wait for others, and not in the update.',
  clauses: ['MIG-07'],
  bases: BASES,
  rewrite: (sql) =>
    sql.replace(
      /WHERE \(stored\.epoch, stored\.decides, stored\.admits_unmarked\)\s+= \(expected\.epoch, expected\.decides, expected\.admits_unmarked\)/,
      '',
    ),
};
