import fc from 'fast-check';
import type { Actor, Step } from '../../../scenarios/host/program.ts';
import { direct, enter, leave, pause, pauseMs, saved, streamOf, view } from '../../harness/generate.ts';
import { property, type AnyProperty, type Failure, type Scope } from '../../harness/property.ts';
import { contended, overlapOf, sectionsOf, type Section } from '../../harness/sections.ts';

interface Visit {
  readonly stream: string;
  readonly pauseMs: number;
}

const visit: fc.Arbitrary<Visit> = fc.record({
  // Mostly one stream: exclusion is tested only where there is contention.
  stream: fc.oneof({ weight: 4, arbitrary: fc.constant('s1') }, { weight: 1, arbitrary: fc.constant('s2') }),
  pauseMs,
});

/**
 * Three or four actors enter sections of two streams, read, pause and write in them. Two sections of one stream
 * must not overlap. For an atomic adapter only sections that wrote and committed count: an optimistic one may let
 * sections overlap whose work it then throws away.
 */
export const LOCK_01: AnyProperty = property<readonly (readonly Visit[])[]>({
  clause: 'LOCK-01',
  arbitrary: () => fc.array(fc.array(visit, { minLength: 1, maxLength: 2 }), { minLength: 3, maxLength: 4 }),
  trial: (input, scope, { surfaces }) => {
    const stored = surfaces.includes('streams');
    return {
      setup: stored ? ['s1', 's2'].map((name) => direct('streams.create', streamOf(scope.id(name)))) : [],
      actors: input.map((visits, instance): Actor => ({
        instance,
        steps: visits.flatMap((one) => section(scope.id(one.stream), one.pauseMs, stored)),
      })),
    };
  },
  judge: ({ main, trial, scope, subject }) => {
    const mayOverlap = subject.capabilities.atomic && subject.surfaces.includes('streams');
    const counted = sectionsOf(main, trial).filter((one) => !mayOverlap || (one.committed && one.wrote));
    const pair = overlapOf(counted);
    return pair === undefined ? undefined : overlapFailure(pair, scope);
  },
  exercised: ({ main, trial }) => contended(main, trial),
});

function section(stream: string, ms: number, stored: boolean): Step[] {
  if (!stored) return [enter(stream), ...pause(ms), leave];
  return [
    enter(stream),
    saved('read', view('streams.get', stream)),
    ...pause(ms),
    view('streams.put', { $saved: 'read', add: { revision: 1 } }),
    leave,
  ];
}

function overlapFailure([first, second]: readonly [Section, Section], scope: Scope): Failure {
  const ms = ((Math.min(first.to, second.to) - second.from) / 1e6).toFixed(1);
  const who =
    first.process === second.process
      ? `Two callers in process ${first.process}`
      : `Processes ${first.process} and ${second.process}`;
  return {
    summary: `${who} were inside the section of stream "${scope.name(first.stream)}" at once, for ${ms} ms.`,
    expected: 'a callback starts only after the one before it has ended',
    actual: `the second callback started ${ms} ms before the first one, or both, had ended`,
    marked: [first.entered, second.entered, first.left, second.left].filter((record) => record !== undefined),
  };
}
