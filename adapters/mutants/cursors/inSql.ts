/** Bugs in the SQL of pages: their order, and where the next page begins. */
import type { Mutant } from '../mutant.ts';
import { sqlMutants } from '../sqlTable.ts';

export const inSql: readonly Mutant[] = sqlMutants([
  // The next page begins with the row of the cursor instead of the row after it.
  {
    name: 'inclusive-cursor',
    origin: '`>=` instead of `>`: the last row of a page is the first one of the next.',
    clauses: ['CUR-01', 'CUR-02'],
    rewrite: (sql) => sql.replace(/(\(\w+, id\)) ([<>]) (\(\$\d+::timestamptz, \$\d+::text\))/, '$1 $2= $3'),
  },
  // Latest first, but events with equal times are in ascending order of ids.
  {
    name: 'id-rising-in-time',
    origin: '`ORDER BY occurred_at DESC, id`: DESC applies to one column only.',
    clauses: ['CUR-01', 'CUR-04'],
    rewrite: (sql) =>
      sql.replace('stored.occurred_at DESC, stored.id DESC', 'stored.occurred_at DESC, stored.id'),
  },
  // Ids are sorted and compared by the collation of the database.
  {
    name: 'default-collation',
    origin:
      '`id text PRIMARY KEY` in a database whose collation is a language: a, B and c instead of B, a and c.',
    clauses: ['CUR-04'],
    rewrite: (sql) => sql.replaceAll(' COLLATE "C"', ''),
  },
  // Scans sort by bytes, but continue after the cursor by the collation of the database.
  {
    name: 'mixed-collation',
    origin:
      '`ORDER BY id COLLATE "C"` is added to the query, but not to its WHERE: pages repeat and skip rows.',
    clauses: ['CUR-04'],
    rewrite: (sql) =>
      sql
        .replaceAll(' COLLATE "C"', '')
        .replace(/ORDER BY (\w+) LIMIT/, 'ORDER BY $1 COLLATE "C" LIMIT')
        .replace(/ORDER BY (stored\.\w+ \w+, stored\.id)/, 'ORDER BY $1 COLLATE "C"'),
  },
  // Lists of activity are in the order of insertion.
  {
    name: 'sequence-order',
    origin: '`ORDER BY seq DESC` over a bigserial: the same as by time, unless a caller sets the time.',
    clauses: ['CUR-01'],
    rewrite: (sql) =>
      sql
        .replace('CREATE TABLE activity_events (', 'CREATE TABLE activity_events (\n  seq bigserial,')
        .replace(
          /(FROM ("\w+"\.activity_events) AS stored[\s\S]*?)\(occurred_at, id\) < \((\$\d+::timestamptz), (\$\d+::text)\)/,
          '$1seq < (SELECT seq FROM $2 WHERE id = $4 AND $3 IS NOT NULL)',
        )
        .replace('ORDER BY stored.occurred_at DESC, stored.id DESC', 'ORDER BY stored.seq DESC'),
  },
]);
