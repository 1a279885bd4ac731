/** A lock is held while many others are taken and released. It must not be forgotten because of them. */
import fc from 'fast-check';
import type { Decision, Step } from '../../../scenarios/host/language/program.ts';
import { direct, enter, leave, saved, streamOf, view } from '../cases/generate.ts';
import { exclusionFailure, sectionsOf } from '../judging/sections.ts';
import { MANY_OTHERS } from '../vocabulary/limits.ts';
import type { Part } from './joined.ts';

interface Case {
  /** How many other locks are taken, one after another, before the held lock is requested again. */
  readonly others: number;
}

/** The numbers of the actors. If the late actor gets the lock, it continues before the holder does. */
const [LATE, HOLDER, OTHERS] = [0, 1, 2];

export const otherLocks: Part<Case> = {
  applies: () => true,
  arbitrary: () => fc.record({ others: fc.integer({ min: 1, max: 5 }) }),
  examples: () => [{ others: MANY_OTHERS }],
  situations: () => [
    {
      name: `a lock that was held while ${MANY_OTHERS} others were taken`,
      occurred: ({ input, main, trial }) =>
        input.others === MANY_OTHERS && sectionsOf(main, trial).length > MANY_OTHERS,
    },
  ],
  trial: ({ others }, scope, { surfaces }) => {
    const s1 = scope.id('s1');
    const stored = surfaces.includes('streams');
    const section: readonly Step[] = [
      enter(s1),
      ...(stored
        ? [
            saved('read', view('streams.get', s1)),
            view('streams.put', { $saved: 'read', add: { revision: 1 } }),
          ]
        : []),
      leave,
    ];
    const taken = Array.from({ length: others }, (_, index) => [
      enter(scope.id(`other-${index}`)),
      leave,
    ]).flat();
    const first = stored ? 2 : 1;
    const decided = (actor: number, step: number, blocked = false): Decision => ({ actor, step, blocked });
    return {
      setup: stored ? [direct('streams.create', streamOf(s1))] : [],
      actors: [section, section, taken].map((steps) => ({ instance: 0, steps })),
      order: [
        ...section.slice(0, first).map((_, step) => decided(HOLDER, step)),
        ...taken.map((_, step) => decided(OTHERS, step)),
        decided(LATE, 0, true),
      ],
    };
  },
  judge: exclusionFailure,
};
