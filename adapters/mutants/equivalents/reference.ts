import type { Equivalent } from '../mutant.ts';

/** What every variant changes, as it is: a clause that accuses it is wrong, or has found a bug. */
export const reference: Equivalent = {
  name: 'reference',
  reason: 'The reference adapter itself.',
  bases: ['memory', 'postgres', 'postgres-lease', 'migration'],
};
