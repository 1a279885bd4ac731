import type { Mutant } from '../mutant.ts';
import { withoutTrigger } from './eventUpsert.ts';

/** The deletion of a stream takes its events with it. */
export const eventsGoWithStream: Mutant = {
  name: 'events-go-with-stream',
  origin: 'ON DELETE CASCADE, or a clean-up in the same method.',
  clauses: ['ACT-01'],
  bases: ['postgres'],
  rewrite: (sql) =>
    withoutTrigger(sql).replace(
      /^DELETE FROM ("\w+")\.streams WHERE id = \$1::text/,
      'WITH gone AS (DELETE FROM $1.activity_events WHERE stream_id = $$1::text) $&',
    ),
};
