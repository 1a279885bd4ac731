import type { Mutant } from '../mutant.ts';

/** Ids are sorted and compared in the order of the database's collation. */
export const defaultCollation: Mutant = {
  name: 'default-collation',
  origin:
    '`id text PRIMARY KEY` in a database whose collation is a language: a, B and c instead of B, a and c.',
  clauses: ['CUR-04'],
  bases: ['postgres'],
  rewrite: (sql) => sql.replaceAll(' COLLATE "C"', ''),
};
