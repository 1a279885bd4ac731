import { unexplained } from '../../harness/judging/effects.ts';
import { property, type AnyProperty } from '../../harness/engine/property.ts';
import { contended } from '../../harness/judging/sections.ts';
import { visitExamples, visitSituations, visitsOf, visitTrial, type Visits } from './visits.ts';

/**
 * Holders that add to a stream while others wait in line for its lock: if the lock is free before the commit is
 * visible, the next holder adds to the amount before, and an acknowledged digit is missing. Steps run as they come,
 * because a coordinator would let the commit finish before the next holder reads.
 */
export const LOCK_07: AnyProperty = property<Visits>({
  clause: 'LOCK-07',
  schedules: 'free',
  arbitrary: (subject) => visitsOf(subject, { add: 5, read: 1, cross: 0, back: 0 }),
  examples: (subject) => visitExamples(subject, ['add', 'add']),
  trial: visitTrial,
  judge: unexplained,
  exercised: ({ main, trial }) => contended(main, trial),
  situations: visitSituations,
});
