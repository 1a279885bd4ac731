import fc from 'fast-check';
import type { Actor, Step } from '../../../scenarios/host/language/program.ts';
import { leave, pause, pauseMs, saved, view } from '../../harness/cases/generate.ts';
import { DEFAULT_PATIENCE_MS } from '../../harness/engine/interleaving.ts';
import {
  property,
  type AnyProperty,
  type Property,
  type Scope,
  type Subject,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { begunTogether } from '../../harness/parts/begunTogether.ts';
import { joined } from '../../harness/parts/joined.ts';
import { meanwhile } from '../../harness/parts/meanwhile.ts';
import { otherLocks } from '../../harness/parts/otherLocks.ts';
import {
  contended,
  exclusionFailure,
  isContended,
  sectionsOf,
  type Section,
} from '../../harness/judging/sections.ts';
import {
  bareSituation,
  LOCKS,
  recordOf,
  recordsSetup,
  type LockName,
} from '../../harness/vocabulary/locks.ts';
import {
  everyShape,
  plainShape,
  sectionOf,
  shapesFor,
  shapeSituations,
  type Shape,
} from '../../harness/vocabulary/shapes.ts';

interface Visit {
  readonly lock: LockName;
  readonly shape: Shape;
  readonly pauseMs: number;
}

/**
 * How long one section is held, in milliseconds. If `recoveryMs` is declared, longer than that, because a lease that
 * nobody renews must have expired by then. Otherwise longer than short leases. Never longer than the last of these
 * limits.
 */
const PLAIN_HOLD_MS = 2_500;
const BEYOND_MS = 500;
const LONGEST_HOLD_MS = 30_000;

type Case = readonly (readonly Visit[])[];

function visitOf(subject: Subject): fc.Arbitrary<Visit> {
  return fc.record({
    // Mostly one lock, because exclusion is tested only under contention.
    lock: fc.oneof(
      { withCrossShrink: true },
      { weight: 4, arbitrary: fc.constant('s1' as const) },
      { weight: 2, arbitrary: fc.constantFrom(...LOCKS) },
    ),
    shape: shapesFor(subject),
    pauseMs,
  });
}

/**
 * Three or four actors enter sections of three locks, in every shape, and read, pause and write in them. Sections of
 * one lock must not overlap, whether its stream is stored or not. For an atomic adapter, only sections that wrote and
 * committed count, from their first read on: an optimistic adapter may let sections overlap if it then discards their
 * work. One section is held for longer than a lease that nobody renews, and another one while a thousand other locks
 * are taken.
 */
const MEETINGS: Property<Case> = {
  clause: 'LOCK-01',
  interleaved: true,
  slow: 22,
  arbitrary: (subject) =>
    fc.array(fc.array(visitOf(subject), { minLength: 1, maxLength: 2 }), { minLength: 3, maxLength: 4 }),
  examples: (subject) =>
    everyShape(subject).flatMap((shape) =>
      (['s1', 'nobody'] as const).map((lock) => meeting(subject, lock, shape)),
    ),
  lengthyExamples: (subject) => {
    const visit: Visit = { lock: 's1', shape: plainShape(subject), pauseMs: 0 };
    return [[[{ ...visit, pauseMs: holdMs(subject) }], [visit], [visit]]];
  },
  trial: (input, scope, { surfaces }) => {
    const stored = surfaces.includes('streams');
    const locks = input.flat().map(({ lock }) => lock);
    const longestMs = Math.max(0, ...input.flat().map((one) => one.pauseMs));
    return {
      // The other actors make no progress while the section is held.
      patienceMs: DEFAULT_PATIENCE_MS + longestMs,
      setup: stored ? recordsSetup(locks, scope) : [],
      actors: input.map((visits, instance): Actor => ({
        instance,
        steps: visits.flatMap((one, index) => section(one, `${instance}-${index}`, scope, stored)),
      })),
    };
  },
  judge: exclusionFailure,
  exercised: ({ main, trial }) => contended(main, trial),
  situations: (subject) => [
    ...shapeSituations(subject, met),
    ...(subject.surfaces.includes('streams') ? [bareSituation(met)] : []),
    {
      name: `a section that was held for ${holdMs(subject)} ms while others waited`,
      occurred: (run) =>
        sectionsOf(run.main, run.trial).some(
          (one) => one.to - one.from >= holdMs(subject) * 1e6 && met(one, run),
        ),
    },
  ],
};

export const LOCK_01: AnyProperty = property(
  joined(joined(joined(MEETINGS, otherLocks), meanwhile('instances')), begunTogether(true)),
);

function holdMs({ capabilities: { recoveryMs } }: Subject): number {
  return recoveryMs === null ? PLAIN_HOLD_MS : Math.min(recoveryMs + BEYOND_MS, LONGEST_HOLD_MS);
}

function met(section: Section, { main, trial }: TrialRun<unknown>): boolean {
  return isContended(section, main, trial);
}

/** Two actors whose sections have this shape and one with a plain section, all under one lock. */
function meeting(subject: Subject, lock: LockName, shape: Shape): Case {
  const visit: Visit = { lock, shape, pauseMs: 1 };
  return [[visit], [visit], [{ ...visit, shape: plainShape(subject) }]];
}

function section({ lock, shape, pauseMs }: Visit, number: string, scope: Scope, stored: boolean): Step[] {
  const record = scope.id(recordOf(lock));
  const pausing = pause(pauseMs);
  return sectionOf(shape, {
    lock: scope.id(lock),
    steps: stored
      ? [
          saved('read', view('streams.get', record)),
          ...pausing,
          view('streams.put', { $saved: 'read', add: { revision: 1 } }),
        ]
      : pausing,
    end: [leave],
    reads: [record],
    aside: (name) => scope.id(`${name}-${number}`),
  });
}
