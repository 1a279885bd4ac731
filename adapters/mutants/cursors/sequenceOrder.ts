import type { Mutant } from '../mutant.ts';

/** Lists of activity are in the order in which the events were inserted. */
export const sequenceOrder: Mutant = {
  name: 'sequence-order',
  origin: '`ORDER BY seq DESC` over a bigserial: the same as by time as long as nobody gives a time himself.',
  clauses: ['CUR-01'],
  bases: ['postgres'],
  rewrite: (sql) =>
    sql
      .replace('CREATE TABLE activity_events (', 'CREATE TABLE activity_events (\n  seq bigserial,')
      .replace(
        /(FROM ("\w+"\.activity_events) AS stored[\s\S]*?)\(occurred_at, id\) < \((\$\d+::timestamptz), (\$\d+::text)\)/,
        '$1seq < (SELECT seq FROM $2 WHERE id = $4 AND $3 IS NOT NULL)',
      )
      .replace('ORDER BY stored.occurred_at DESC, stored.id DESC', 'ORDER BY stored.seq DESC'),
};
