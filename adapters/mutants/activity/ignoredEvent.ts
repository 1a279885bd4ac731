import type { Mutant } from '../mutant.ts';
import { withoutTrigger } from './eventUpsert.ts';

const APPEND = /(INSERT INTO "\w+"\.activity_events [\s\S]*?ON CONFLICT \(id\)) DO NOTHING/;

/** Another event under an id that exists is dropped, and its append succeeds with the event that is there. */
export const ignoredEvent: Mutant = {
  name: 'ignored-event',
  origin: 'INSERT OR IGNORE and then SELECT: right for the same event, a lost one for another.',
  clauses: ['ACT-02'],
  bases: ['postgres'],
  rewrite: (sql) => withoutTrigger(sql).replace(APPEND, '$1 DO UPDATE SET id = excluded.id'),
};
