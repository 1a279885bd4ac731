import type { Equivalent } from '../mutant.ts';

const ROWS = /\((\w+), id\) ([<>]) \((\$\d+::timestamptz), (\$\d+::text)\)/;

/** The comparison of rows is written out. */
export const expandedKeyset: Equivalent = {
  name: 'expanded-keyset',
  reason: 'For databases without row values: a later time, or the same time and a later id.',
  bases: ['postgres'],
  rewrite: (sql) => sql.replace(ROWS, '($1 $2 $3 OR ($1 = $3 AND id $2 $4))'),
};
