import fc from 'fast-check';
import type { Actor, Step } from '../../../scenarios/host/program.ts';
import {
  around,
  direct,
  enter,
  leave,
  pause,
  pauseMs,
  saved,
  streamOf,
  view,
} from '../../harness/generate.ts';
import { property, type AnyProperty } from '../../harness/property.ts';
import { contended, overlapFailure, overlapOf, sectionsOf, type Section } from '../../harness/sections.ts';

interface Visit {
  readonly stream: string;
  readonly pauseMs: number;
  /** Whether the section is nested in one of a stream that nobody else visits. */
  readonly isNested: boolean;
}

const visit: fc.Arbitrary<Visit> = fc.record({
  // Mostly one stream: exclusion is tested only where there is contention.
  stream: fc.oneof({ weight: 4, arbitrary: fc.constant('s1') }, { weight: 1, arbitrary: fc.constant('s2') }),
  pauseMs,
  isNested: fc.oneof(
    { weight: 5, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
});

/**
 * Three or four actors enter sections of two streams, some from within another section, read, pause and write in them. Two
 * sections of one stream must not overlap. For an atomic adapter only sections that wrote and committed count, from their
 * first read on: an optimistic one may let sections overlap whose work it then throws away.
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
        steps: visits.flatMap((one, index) => {
          const steps = section(scope.id(one.stream), one.pauseMs, stored);
          return one.isNested ? around(scope.id(`around-${instance}-${index}`), steps) : steps;
        }),
      })),
    };
  },
  judge: ({ main, trial, scope, subject }) => {
    const mayOverlap = subject.capabilities.atomic && subject.surfaces.includes('streams');
    const sections = sectionsOf(main, trial);
    const counted = mayOverlap ? sections.filter((one) => one.committed && one.wrote).map(asRead) : sections;
    const pair = overlapOf(counted);
    return pair === undefined ? undefined : overlapFailure(pair, scope);
  },
  exercised: ({ main, trial }) => contended(main, trial),
});

function asRead(section: Section): Section {
  return { ...section, from: section.readFrom };
}

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
