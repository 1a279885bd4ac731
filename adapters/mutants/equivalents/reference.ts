import type { Equivalent } from '../mutant.ts';

/** The unchanged reference. If a clause accuses it, the clause is wrong or has found a bug. */
export const reference: Equivalent = {
  name: 'reference',
  reason: 'The reference adapter itself.',
  bases: ['memory', 'postgres', 'postgres-lease', 'migration'],
};
