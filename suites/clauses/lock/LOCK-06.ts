import { unexplained } from '../../harness/effects.ts';
import { property, type AnyProperty } from '../../harness/property.ts';
import { contended } from '../../harness/sections.ts';
import { visitsOf, visitTrial, type Visit } from './visits.ts';

/**
 * Actors of different instances read and add to two streams under their locks, one after another and at once. Some
 * order of whole sections that keeps real time must explain every read: a holder that is served an older state
 * than an earlier holder committed has none.
 */
export const LOCK_06: AnyProperty = property<readonly (readonly Visit[])[]>({
  clause: 'LOCK-06',
  arbitrary: () => visitsOf({ actors: 3, visits: 2 }, { add: 3, nested: 1, read: 2, cross: 0, back: 0 }),
  trial: visitTrial,
  judge: unexplained,
  exercised: ({ main, trial }) => contended(main, trial),
});
