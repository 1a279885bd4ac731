import { unexplained } from '../../harness/judging/effects.ts';
import { property, type AnyProperty } from '../../harness/engine/property.ts';
import { contended } from '../../harness/judging/sections.ts';
import { visitExamples, visitSituations, visitsOf, visitTrial, type Visits } from './visits.ts';

/**
 * Holders wait for the lock and then read. If their snapshot is from before the wait, an addition is lost. If the
 * storage refuses to update a row that has changed, two sections each read what the other overwrote instead, and no
 * order explains both.
 */
export const LOCK_08: AnyProperty = property<Visits>({
  clause: 'LOCK-08',
  schedules: 'free',
  arbitrary: (subject) => visitsOf(subject, { add: 2, read: 1, cross: 3, back: 3 }),
  examples: (subject) => visitExamples(subject, ['cross', 'back']),
  trial: visitTrial,
  judge: unexplained,
  exercised: ({ main, trial }) => contended(main, trial),
  situations: visitSituations,
});
