import fc from 'fast-check';
import { addDigit } from '../../harness/judging/effects.ts';
import { notExclusive } from '../../harness/judging/exclusion.ts';
import {
  direct,
  enter,
  hold,
  leave,
  pause,
  pauseMs,
  streamOf,
  visitors,
} from '../../harness/cases/generate.ts';
import { property, type AnyProperty, type TrialRun } from '../../harness/engine/property.ts';
import { sectionsOf } from '../../harness/judging/sections.ts';

/** The pauses in the sections of one actor. */
const visits = fc.array(pauseMs, { minLength: 1, maxLength: 2 });

/**
 * One instance knows the primary, the other one only a replica. Both enter sections of one stream. If the second
 * instance cannot reach the primary, its withLock must reject. If its section runs, it must exclude the other one.
 */
export const X_03: AnyProperty = property<readonly (readonly number[])[]>({
  clause: 'X-03',
  environments: () => ['replica-only'],
  mixed: true,
  topologies: ['shared', 'processes'],
  arbitrary: () => fc.array(visits, { minLength: 2, maxLength: 4 }),
  trial: (input, scope, { surfaces }) => {
    const stored = surfaces.includes('streams');
    const s1 = scope.id('s1');
    return {
      setup: stored ? [direct('streams.create', streamOf(s1))] : [],
      actors: visitors(input, (ms, digit) => [
        enter(s1),
        ...pause(ms),
        ...(stored ? addDigit(s1, digit) : [hold(1)]),
        leave,
      ]),
    };
  },
  judge: (run) => {
    const failure = notExclusive(run);
    if (failure === undefined) return undefined;
    return { ...failure, summary: `${failure.summary} Every second instance knows only a replica.` };
  },
  exercised: askedBeside,
  // The actors take turns: the second one requests the lock while the first one is in its section.
  interleaved: true,
  examples: () => [
    [[0], [0]],
    [
      [0, 0],
      [0, 0],
    ],
  ],
  situations: () => [
    {
      name: 'a lock that an instance with only a replica requested while it was held on the primary',
      occurred: askedBeside,
    },
  ],
});

/** The lock was requested through the replica while a section of the primary's instance was running. */
function askedBeside({ main, trial }: TrialRun<unknown>): boolean {
  const sections = sectionsOf(main, trial).filter(({ instance }) => instance % 2 === 0);
  return main.records.some(
    (record) =>
      record.instance % 2 === 1 &&
      trial.actors[record.actor]?.steps[record.step]?.do === 'enter' &&
      sections.some(
        ({ entered, left }) =>
          entered.call < record.return && record.call < (left?.return ?? Number.POSITIVE_INFINITY),
      ),
  );
}
