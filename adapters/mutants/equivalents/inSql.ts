/** Correct SQL written differently. */
import type { Equivalent } from '../mutant.ts';
import { sqlEquivalents } from '../sqlTable.ts';
import { withLockRows } from '../otherLock.ts';

const ROWS = /\((\w+), id\) ([<>]) \((\$\d+::timestamptz), (\$\d+::text)\)/;

const LOCK = /pg_advisory_xact_lock\((hashtextextended\(.+?, 0\))\)/g;

/** 32 bits of `hash`, as an int4. */
function half(hash: string, shift: number): string {
  return `(${hash} >> ${shift})::bit(32)::int4`;
}

export const inSql: readonly Equivalent[] = sqlEquivalents([
  // The lock is SELECT FOR UPDATE on a row for each stream that was ever locked.
  {
    name: 'lock-row',
    reason:
      'Whoever has inserted or locked the row keeps it until the transaction ends, and READ COMMITTED takes a new snapshot after the wait.',
    rewrite: (sql) =>
      withLockRows(
        sql,
        (table, key) =>
          `INSERT INTO ${table} (key) VALUES (${key}) ON CONFLICT DO NOTHING; SELECT 1 FROM ${table} WHERE key = ${key} FOR UPDATE`,
      ),
  },
  // The same 64 bits, as two 32-bit keys: the other form of the advisory lock.
  {
    name: 'two-key-lock',
    reason: 'Both halves of the hash are locked: ids with different hashes differ in one of the two keys.',
    rewrite: (sql) =>
      sql.replace(LOCK, (_, hash: string) => `pg_advisory_xact_lock(${half(hash, 32)}, ${half(hash, 0)})`),
  },
  // The comparison of rows is written out as comparisons of columns.
  {
    name: 'expanded-keyset',
    reason: 'For databases without row values: a later time, or the same time and a greater id.',
    rewrite: (sql) => sql.replace(ROWS, '($1 $2 $3 OR ($1 = $3 AND id $2 $4))'),
  },
  // Further fields, withdrawal and details are stored as jsonb.
  {
    name: 'jsonb-fields',
    reason:
      'Fields are values, not bytes: their order is irrelevant, and jsonb keeps every number that JavaScript has.',
    rewrite: (sql) =>
      sql
        .replace(/\b(withdrawal|further|details)(\s+)json\b/g, '$1$2jsonb')
        .replaceAll(/::json\b/g, '::jsonb'),
  },
  // The storage stamps whole milliseconds.
  {
    name: 'millisecond-stamps',
    reason:
      'Timestamps never decrease, and events of one stream with equal timestamps are sorted by their ids.',
    rewrite: (sql) => sql.replaceAll('clock_timestamp()', "date_trunc('milliseconds', clock_timestamp())"),
  },
]);
