import type { Mutant } from '../mutant.ts';

/** The column of the revision has 32 bits. */
export const int4Revision: Mutant = {
  name: 'int4-revision',
  origin: '`revision integer`: the counter ends at 2^31 - 1, long before a JavaScript number does.',
  clauses: ['STREAM-05'],
  bases: ['postgres'],
  rewrite: (sql) => sql.replace(/(revision\s+)bigint/, '$1integer'),
};
