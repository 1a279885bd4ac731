/**
 * Sections that LOCK-06, LOCK-07 and LOCK-08 share: under one lock they read and add to streams. Each adds another
 * digit.
 */
import fc from 'fast-check';
import type { CallStep, Step } from '../../../scenarios/host/language/program.ts';
import { MAX_DIGITS, readForUpdate, writeDigit } from '../../harness/judging/effects.ts';
import { direct, leave, pause, pauseMs, streamOf, view, visitors } from '../../harness/cases/generate.ts';
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
   * `add`: reads the record of the lock and adds to it. `read`: reads it. `cross`: reads it and overwrites its
   * neighbour. `back`: reads the neighbour and overwrites the record.
   */
  readonly does: 'add' | 'read' | 'cross' | 'back';
  readonly pauseMs: number;
  /** The pause before the visit, in milliseconds. */
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

/** Several actors with a few visits each, mostly to one stream. */
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

/** Late enough that other sections have begun, so that not all of them wait behind a plain one. */
const LATE_MS = 3;

/**
 * Examples for each shape: two holders of one lock that do these things, and one whose section is plain. One example
 * uses a lock without a stream.
 */
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

/** One situation for each shape: its sections met others. */
export function visitSituations(subject: Subject): Situation<unknown>[] {
  return [...shapeSituations(subject, met), bareSituation(met)];
}

function met(section: Section, { main, trial }: TrialRun<unknown>): boolean {
  return isContended(section, main, trial);
}

export function visitTrial(input: Visits, scope: Scope): Trial {
  const actors = visitors(input, (visit, number) => section(visit, number % MAX_DIGITS, scope));
  const ids = streamsOf(input).map((name) => scope.id(name));
  return {
    setup: ids.map((id) => direct('streams.create', streamOf(id))),
    actors,
    finale: ids.map((id) => direct('streams.get', id)),
  };
}

/** The visited streams, and their neighbours, which only the locks of the visited streams protect. */
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
