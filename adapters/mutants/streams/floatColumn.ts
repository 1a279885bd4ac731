import type { Mutant } from '../mutant.ts';

/** The columns of amounts are floating-point numbers. */
export const floatColumn: Mutant = {
  name: 'float-column',
  origin: '`amount FLOAT` in the schema: double precision keeps 15 to 17 digits.',
  clauses: ['STREAM-05'],
  bases: ['postgres'],
  rewrite: (sql) => sql.replaceAll('numeric(38, 0)', 'double precision'),
};
