import type { Mutant } from '../mutant.ts';

/** Latest first, but events of one time in rising order of their ids. */
export const idRising: Mutant = {
  name: 'id-rising-in-time',
  origin: '`ORDER BY occurred_at DESC, id`: the direction is written once and holds for one column.',
  clauses: ['CUR-01', 'CUR-04'],
  bases: ['postgres'],
  rewrite: (sql) =>
    sql.replace('stored.occurred_at DESC, stored.id DESC', 'stored.occurred_at DESC, stored.id'),
};
