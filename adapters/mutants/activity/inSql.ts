/** Bugs in how PostgreSQL stores and lists activity. */
import type { Mutant } from '../mutant.ts';
import { sqlMutants } from '../sqlTable.ts';
import { stampedAtBegin } from '../stamps.ts';

const APPEND = /(INSERT INTO "\w+"\.activity_events [\s\S]*?ON CONFLICT \(id\)) DO NOTHING/;

/** Removes the trigger of the reference that refuses these changes. */
function withoutTrigger(sql: string): string {
  return sql.replace(/CREATE TRIGGER append_only BEFORE [\w ]+ ON activity_events[^;]*;/, '');
}

export const inSql: readonly Mutant[] = sqlMutants([
  // An append with an existing event id overwrites description and details.
  {
    name: 'event-upsert',
    origin: 'ON CONFLICT DO UPDATE makes appends repeatable, and events changeable.',
    clauses: ['ACT-01', 'ACT-02'],
    rewrite: (sql) =>
      withoutTrigger(sql).replace(
        APPEND,
        '$1 DO UPDATE SET description = excluded.description, details = excluded.details',
      ),
  },
  // An append with an existing event id drops the other event, and succeeds with the stored one.
  {
    name: 'ignored-event',
    origin:
      'INSERT OR IGNORE and then SELECT: correct if the same event is repeated, but another event is lost.',
    clauses: ['ACT-02'],
    rewrite: (sql) => withoutTrigger(sql).replace(APPEND, '$1 DO UPDATE SET id = excluded.id'),
  },
  // Deleting a stream deletes its events.
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
  // The stream id is used as a pattern.
  {
    name: 'stream-pattern-filter',
    origin:
      '`stream_id LIKE $1`, written for a search box and later used for all lists: _ and % in an id match others.',
    clauses: ['ACT-05'],
    rewrite: (sql) =>
      sql.includes('ORDER BY')
        ? sql.replace(/WHERE stream_id = (\$\d+::text)/, 'WHERE stream_id LIKE $1')
        : sql,
  },
  // Events are stamped with the begin of their transaction, which is before its wait for the lock.
  {
    name: 'now-before-lock',
    origin: 'DEFAULT now(): it stays the time of BEGIN, so whoever waited longest sorts first.',
    clauses: ['ACT-04'],
    rewrite: (sql) => (/activity_events AS (stored|latest)/.test(sql) ? stampedAtBegin(sql) : sql),
  },
]);
