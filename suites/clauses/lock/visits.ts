/** Sections that LOCK-06, 07 and 08 share: reads and additions to streams under one lock, each of another digit. */
import fc from 'fast-check';
import type { Actor, CallStep, Step } from '../../../scenarios/host/language/program.ts';
import { MAX_DIGITS, readForUpdate, writeDigit } from '../../harness/judging/effects.ts';
import { direct, leave, pause, pauseMs, streamOf, view } from '../../harness/cases/generate.ts';
import type { Scope, Situation, Subject, Trial, TrialRun } from '../../harness/engine/property.ts';
import { isContended, type Section } from '../../harness/judging/sections.ts';
import { bareSituation, LOCKS, recordOf, type LockName } from '../../harness/vocabulary/locks.ts';
import {
  everyShape,
  plainShape,
  sectionOf,
  shapesFor,
  shapeSituations,
  type Shape,
} from '../../harness/vocabulary/shapes.ts';

export interface Visit {
  readonly lock: LockName;
  readonly shape: Shape;
  /**
   * `add`: reads the lock's record and adds to it. `read`: reads it. `cross`: reads it and overwrites its neighbour;
   * `back`: the reverse.
   */
  readonly does: 'add' | 'read' | 'cross' | 'back';
  readonly pauseMs: number;
  /** Before it begins. */
  readonly lateMs: number;
}

export type Visits = readonly (readonly Visit[])[];

export interface VisitWeights {
  readonly add: number;
  readonly read: number;
  readonly cross: number;
  readonly back: number;
}

const ACTORS = 3;
/** The most visits of one actor. */
const VISITS = 2;

/** Several actors, each with a few visits, mostly to one stream. */
export function visitsOf(subject: Subject, weights: VisitWeights): fc.Arbitrary<Visits> {
  const lock = fc.oneof(
    { withCrossShrink: true },
    { weight: 5, arbitrary: fc.constant('s1' as const) },
    { weight: 2, arbitrary: fc.constantFrom(...LOCKS) },
  );
  const does = fc.oneof(
    ...(Object.entries(weights) as [Visit['does'], number][]).map(([kind, weight]) => ({
      weight,
      arbitrary: fc.constant(kind),
    })),
  );
  const visit = fc.record({ lock, shape: shapesFor(subject), does, pauseMs, lateMs: fc.constant(0) });
  return fc.array(fc.array(visit, { minLength: 1, maxLength: VISITS }), {
    minLength: ACTORS,
    maxLength: ACTORS,
  });
}

/** Late enough for others to have begun, so that they are not all behind a plain section. */
const LATE_MS = 3;

/** Of each shape two holders of one lock that do these, and one whose section is plain; of one lock without a stream, too. */
export function visitExamples(subject: Subject, does: readonly [Visit['does'], Visit['does']]): Visits[] {
  const meeting = (lock: LockName, shape: Shape): Visits => [
    [{ lock, shape, does: does[0], pauseMs: 1, lateMs: 0 }],
    [{ lock, shape, does: does[1], pauseMs: 0, lateMs: 0 }],
    [{ lock, shape: plainShape(subject), does: does[0], pauseMs: 1, lateMs: LATE_MS }],
  ];
  return [
    meeting('nobody', plainShape(subject)),
    ...everyShape(subject).map((shape) => meeting('s1', shape)),
  ];
}

/** That sections of each shape met others. */
export function visitSituations(subject: Subject): Situation<unknown>[] {
  return [...shapeSituations(subject, met), bareSituation(met)];
}

function met(section: Section, { main, trial }: TrialRun<unknown>): boolean {
  return isContended(section, main, trial);
}

export function visitTrial(input: Visits, scope: Scope): Trial {
  let digit = 0;
  const actors = input.map((visits, instance): Actor => {
    const steps = visits.flatMap((visit) => {
      digit = (digit + 1) % MAX_DIGITS;
      return section(visit, digit, scope);
    });
    return { instance, steps };
  });
  const ids = streamsOf(input).map((name) => scope.id(name));
  return {
    setup: ids.map((id) => direct('streams.create', streamOf(id))),
    actors,
    finale: ids.map((id) => direct('streams.get', id)),
  };
}

/** The streams that are visited, and the neighbours that only their locks protect. */
function streamsOf(input: Visits): string[] {
  const names = input.flat().flatMap(({ lock, does }) => {
    const own = recordOf(lock);
    return does === 'cross' || does === 'back' ? [own, neighbourOf(own)] : [own];
  });
  return [...new Set(names)];
}

function neighbourOf(record: string): string {
  return `${record}-neighbour`;
}

function section({ lock, shape, does, pauseMs, lateMs }: Visit, digit: number, scope: Scope): Step[] {
  const own = scope.id(recordOf(lock));
  const neighbour = scope.id(neighbourOf(recordOf(lock)));
  const steps = sectionOf(shape, {
    lock: scope.id(lock),
    steps: stepsOf({ does, pauseMs }, { own, neighbour, digit }),
    end: [leave],
    reads: [own, neighbour],
    aside: (name) => scope.id(`${name}-${digit}`),
  });
  return [...pause(lateMs), ...steps];
}

function stepsOf(
  { does, pauseMs }: Pick<Visit, 'does' | 'pauseMs'>,
  { own, neighbour, digit }: { readonly own: string; readonly neighbour: string; readonly digit: number },
): Step[] {
  const overwrite = (id: string): CallStep =>
    view('streams.put', streamOf(id, { releasedAmount: String(10 ** digit) }));
  switch (does) {
    case 'add':
      return [readForUpdate(own), ...pause(pauseMs), writeDigit(own, digit)];
    case 'read':
      return [...pause(pauseMs), view('streams.get', own)];
    case 'cross':
      return [view('streams.get', own), ...pause(pauseMs), overwrite(neighbour)];
    case 'back':
      return [view('streams.get', neighbour), ...pause(pauseMs), overwrite(own)];
    default:
      return does satisfies never;
  }
}
