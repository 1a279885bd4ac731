import type { Mutant } from '../mutant.ts';

/** Scans are sorted by bytes, and go on behind the cursor in the order of the database's collation. */
export const mixedCollation: Mutant = {
  name: 'mixed-collation',
  origin:
    '`ORDER BY id COLLATE "C"` is added to the query, and its WHERE is forgotten: pages repeat and skip rows.',
  clauses: ['CUR-04'],
  bases: ['postgres'],
  rewrite: (sql) =>
    sql
      .replaceAll(' COLLATE "C"', '')
      .replace(/ORDER BY (\w+) LIMIT/, 'ORDER BY $1 COLLATE "C" LIMIT')
      .replace(/ORDER BY (stored\.\w+ \w+, stored\.id)/, 'ORDER BY $1 COLLATE "C"'),
};
