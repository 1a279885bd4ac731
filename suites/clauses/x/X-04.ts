import fc from 'fast-check';
import type { Actor, Step } from '../../../scenarios/host/language/program.ts';
import { addDigit } from '../../harness/judging/effects.ts';
import {
  direct,
  enter,
  hold,
  leave,
  moveClock,
  pause,
  pauseMs,
  streamOf,
} from '../../harness/cases/generate.ts';
import { notExclusive } from '../../harness/judging/exclusion.ts';
import { property, type AnyProperty } from '../../harness/engine/property.ts';
import { contended, isContended, sectionsOf } from '../../harness/judging/sections.ts';

interface Member {
  /** How far the member's clock is moved before it starts, in milliseconds. */
  readonly advanceMs: number;
  readonly pausesMs: readonly number[];
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How far clocks are moved, in words. */
const MOVES: readonly (readonly [how: string, ms: number])[] = [
  ['a second ahead', SECOND_MS],
  ['a minute ahead', MINUTE_MS],
  ['an hour ahead', HOUR_MS],
  ['a day ahead', DAY_MS],
  ['a minute behind', -MINUTE_MS],
  ['a day behind', -DAY_MS],
];

const member: fc.Arbitrary<Member> = fc.record({
  advanceMs: fc.constantFrom(0, ...MOVES.map(([, ms]) => ms)),
  pausesMs: fc.array(pauseMs, { minLength: 1, maxLength: 2 }),
});

/**
 * Instances with different numbers and with clocks that are moved apart enter sections of one stream. They must
 * exclude each other: neither an instance's number nor its clock may be part of the lock.
 */
export const X_04: AnyProperty = property<readonly Member[]>({
  clause: 'X-04',
  topologies: ['shared', 'processes'],
  arbitrary: () => fc.array(member, { minLength: 3, maxLength: 3 }),
  trial: (members, scope, { surfaces }) => {
    const stored = surfaces.includes('streams');
    const s1 = scope.id('s1');
    let digit = 0;
    const actors = members.map(({ advanceMs, pausesMs }, instance): Actor => {
      const sections = pausesMs.flatMap((ms): Step[] => {
        digit += 1;
        return [enter(s1), ...pause(ms), ...(stored ? addDigit(s1, digit) : [hold(1)]), leave];
      });
      return { instance, steps: [...moveClock(advanceMs), ...sections, ...moveClock(-advanceMs)] };
    });
    return {
      setup: stored ? [direct('streams.create', streamOf(s1))] : [],
      actors,
      finale: stored ? [direct('streams.get', s1)] : [],
    };
  },
  judge: (run) => notExclusive(run),
  exercised: ({ main, trial }) => contended(main, trial),
  // All actors request the lock before the first one has left.
  interleaved: true,
  examples: () =>
    MOVES.map(([, advanceMs]) => [visiting(0, [5]), visiting(advanceMs, [0, 0]), visiting(0, [0])]),
  situations: () =>
    MOVES.map(([how, ms]) => ({
      name: `a contended section of an instance whose clock is ${how}`,
      occurred: ({ input, main, trial }) =>
        sectionsOf(main, trial).some(
          (section) => input[section.actor]?.advanceMs === ms && isContended(section, main, trial),
        ),
    })),
});

function visiting(advanceMs: number, pausesMs: readonly number[]): Member {
  return { advanceMs, pausesMs };
}
