/** Bugs in how PostgreSQL stores and lists activity. */
import type { Mutant } from '../mutant.ts';
import { sqlMutants } from '../sqlTable.ts';
import { stampedAtBegin } from '../stamps.ts';

const APPEND = /(INSERT INTO "\w+"\.activity_events [\s\S]*?ON CONFLICT \(id\)) DO NOTHING/;

/** The reference has a trigger that refuses what these do. */
function withoutTrigger(sql: string): string {
  return sql.replace(/CREATE TRIGGER append_only BEFORE [\w ]+ ON activity_events[^;]*;/, '');
}

export const inSql: readonly Mutant[] = sqlMutants([
  // An event id that exists takes the new description and details.
  {
    name: 'event-upsert',
    origin: 'ON CONFLICT DO UPDATE makes appends repeatable, and the history changeable.',
    clauses: ['ACT-01', 'ACT-02'],
    rewrite: (sql) =>
      withoutTrigger(sql).replace(
        APPEND,
        '$1 DO UPDATE SET description = excluded.description, details = excluded.details',
      ),
  },
  // Another event under an id that exists is dropped, and its append succeeds with the event that is there.
  {
    name: 'ignored-event',
    origin: 'INSERT OR IGNORE and then SELECT: right for the same event, a lost one for another.',
    clauses: ['ACT-02'],
    rewrite: (sql) => withoutTrigger(sql).replace(APPEND, '$1 DO UPDATE SET id = excluded.id'),
  },
  // The deletion of a stream takes its events with it.
  {
    name: 'events-go-with-stream',
    origin: 'ON DELETE CASCADE, or a clean-up in the same method.',
    clauses: ['ACT-01'],
    rewrite: (sql) =>
      withoutTrigger(sql).replace(
        /^DELETE FROM ("\w+")\.streams WHERE id = \$1::text/,
        'WITH gone AS (DELETE FROM $1.activity_events WHERE stream_id = $$1::text) $&',
      ),
  },
  // The id of a stream is taken for a pattern.
  {
    name: 'stream-pattern-filter',
    origin: '`stream_id LIKE $1` for a search box, later used for everything: _ and % in an id match others.',
    clauses: ['ACT-05'],
    rewrite: (sql) =>
      sql.includes('ORDER BY')
        ? sql.replace(/WHERE stream_id = (\$\d+::text)/, 'WHERE stream_id LIKE $1')
        : sql,
  },
  // Events are stamped with the time at which their transaction began, which is before its wait for the lock.
  {
    name: 'now-before-lock',
    origin: 'DEFAULT now(): it stands still from BEGIN on, so that who waited longest sorts first.',
    clauses: ['ACT-04'],
    rewrite: (sql) => (/activity_events AS (stored|latest)/.test(sql) ? stampedAtBegin(sql) : sql),
  },
]);
