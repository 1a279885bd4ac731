import type { Mutant } from '../mutant.ts';

const APPEND = /(INSERT INTO "\w+"\.activity_events [\s\S]*?ON CONFLICT \(id\)) DO NOTHING/;

/** An event id that exists takes the new description and details. */
export const eventUpsert: Mutant = {
  name: 'event-upsert',
  origin: 'ON CONFLICT DO UPDATE makes appends repeatable, and the history changeable.',
  clauses: ['ACT-01', 'ACT-02'],
  bases: ['postgres'],
  rewrite: (sql) =>
    withoutTrigger(sql).replace(
      APPEND,
      '$1 DO UPDATE SET description = excluded.description, details = excluded.details',
    ),
};

/** Who upserts has no trigger that refuses it. */
export function withoutTrigger(sql: string): string {
  return sql.replace(/CREATE TRIGGER append_only BEFORE [\w ]+ ON activity_events[^;]*;/, '');
}
