import type { Mutant } from '../mutant.ts';

/** A put keeps the named fields that the new record lacks. */
export const coalescedFields: Mutant = {
  name: 'coalesced-fields',
  origin: '`SET next_action = COALESCE($1, next_action)`: an update for every caller, which clears nothing.',
  clauses: ['STREAM-07'],
  bases: ['postgres'],
  rewrite: (sql) =>
    sql.replace(
      /(next_action|settlement_tx_hash|withdrawal) = (\$\d+::\w+)/g,
      '$1 = coalesce($2, stored.$1)',
    ),
};
