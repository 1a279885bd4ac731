import { unexplained } from '../../harness/judging/effects.ts';
import { property, type AnyProperty } from '../../harness/engine/property.ts';
import { contended } from '../../harness/judging/sections.ts';
import { visitExamples, visitSituations, visitsOf, visitTrial, type Visits } from './visits.ts';

/**
 * Actors of different instances read and add to two streams under their locks, one after another and at once. Some
 * order of whole sections that respects real time must explain every read. If a holder reads an older state than an
 * earlier holder committed, no such order exists.
 */
export const LOCK_06: AnyProperty = property<Visits>({
  clause: 'LOCK-06',
  interleaved: true,
  arbitrary: (subject) => visitsOf(subject, { add: 3, read: 2, cross: 0, back: 0 }),
  examples: (subject) => visitExamples(subject, ['add', 'add']),
  trial: visitTrial,
  judge: unexplained,
  exercised: ({ main, trial }) => contended(main, trial),
  situations: visitSituations,
});
