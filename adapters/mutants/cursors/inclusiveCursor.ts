import type { Mutant } from '../mutant.ts';

/** The next page begins with the row of the cursor. */
export const inclusiveCursor: Mutant = {
  name: 'inclusive-cursor',
  origin: '`>=` instead of `>`: the last row of a page is the first one of the next.',
  clauses: ['CUR-01', 'CUR-02'],
  bases: ['postgres'],
  rewrite: (sql) => sql.replace(/(\(\w+, id\)) ([<>]) (\(\$\d+::timestamptz, \$\d+::text\))/, '$1 $2= $3'),
};
