/** Bugs in the columns of streams. */
import type { Mutant } from '../mutant.ts';
import { sqlMutants } from '../sqlTable.ts';

export const inSql: readonly Mutant[] = sqlMutants([
  // The columns of amounts are floating-point numbers.
  {
    name: 'float-column',
    origin: '`amount FLOAT` in the schema: double precision keeps 15 to 17 digits.',
    clauses: ['STREAM-05'],
    rewrite: (sql) => sql.replaceAll('numeric(38, 0)', 'double precision'),
  },
  // The column of the revision has 32 bits.
  {
    name: 'int4-revision',
    origin: '`revision integer`: the counter ends at 2^31 - 1, long before a JavaScript number does.',
    clauses: ['STREAM-05'],
    rewrite: (sql) => sql.replace(/(revision\s+)bigint/, '$1integer'),
  },
  // A put keeps the named fields that the new record lacks.
  {
    name: 'coalesced-fields',
    origin:
      '`SET next_action = COALESCE($1, next_action)`: one update for all callers, which can clear nothing.',
    clauses: ['STREAM-07'],
    rewrite: (sql) =>
      sql.replace(
        /(next_action|settlement_tx_hash|withdrawal) = (\$\d+::\w+)/g,
        '$1 = coalesce($2, stored.$1)',
      ),
  },
]);
