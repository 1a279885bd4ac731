import { unexplained } from '../../harness/judging/effects.ts';
import { property, type AnyProperty } from '../../harness/engine/property.ts';
import { contended } from '../../harness/judging/sections.ts';
import { visitExamples, visitSituations, visitsOf, visitTrial, type Visits } from './visits.ts';

/**
 * Holders add to a stream while others wait for its lock. If the lock is released before the commit is visible, the
 * next holder adds to the old amount, and an acknowledged digit is missing. Steps run freely, because a coordinator
 * would let the commit finish before the next holder reads.
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
