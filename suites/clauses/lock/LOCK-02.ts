import fc from 'fast-check';
import { THROWN, type Actor, type Step, type Thrown } from '../../../scenarios/host/program.ts';
import { addDigit, unexplained } from '../../harness/effects.ts';
import { direct, enter, leave, pause, pauseMs, streamOf, view } from '../../harness/generate.ts';
import { whoOf } from '../../harness/observe.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type TrialRun,
} from '../../harness/property.ts';
import { sectionsOf } from '../../harness/sections.ts';
import {
  changeKindsOf,
  leaveTrace,
  prepareTrace,
  readTrace,
  strayTrace,
  recordKindsOf,
  tracesOf,
  type TraceKind,
} from '../../harness/traces.ts';

interface Visit {
  readonly stream: 's1' | 's2';
  /** How the callback ends: it returns, throws, or rejects with the error of a call that fails. */
  readonly end: 'return' | 'throw' | 'fail';
  /** What it creates, or changes, beside its change of the stream. */
  readonly trace: TraceKind;
  readonly pauseMs: number;
  /** Of a throw; undefined: an Error. */
  readonly thrown: Thrown | undefined;
}

function visitOf(kinds: readonly TraceKind[]): fc.Arbitrary<Visit> {
  return fc.record({
    stream: fc.constantFrom('s1', 's2'),
    end: fc.oneof(
      { weight: 2, arbitrary: fc.constant('return' as const) },
      { weight: 2, arbitrary: fc.constant('throw' as const) },
      { weight: 1, arbitrary: fc.constant('fail' as const) },
    ),
    trace: fc.constantFrom(...kinds),
    pauseMs,
    thrown: fc.oneof(
      { withCrossShrink: true },
      { weight: 1, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.constantFrom(...THROWN) },
    ),
  });
}

/**
 * Sections that write a stream and create or change a record beside it, and then return, throw or fail. Afterwards storage
 * holds what was acknowledged and nothing else, seen from another instance too; every throw came back as the very error
 * that was thrown; and the locks are free.
 */
export const LOCK_02: AnyProperty = property<readonly (readonly Visit[])[]>({
  clause: 'LOCK-02',
  topologies: ['one', 'shared'],
  arbitrary: ({ surfaces }) =>
    fc.array(
      fc.array(visitOf([...recordKindsOf(surfaces), ...changeKindsOf(surfaces)]), {
        minLength: 1,
        maxLength: 2,
      }),
      {
        minLength: 3,
        maxLength: 3,
      },
    ),
  trial: (input, scope) => {
    let digit = 0;
    const actors = input.map((visits, instance): Actor => {
      const steps = visits.flatMap((visit) => {
        digit += 1;
        return section(visit, digit, scope);
      });
      return { instance, steps };
    });
    const streams = ['s1', 's2'].map((name) => scope.id(name));
    const created = streams.map((id) => direct('streams.create', streamOf(id)));
    const setup = [...created, ...tracesOf({ actors }).flatMap(prepareTrace)];
    const finale = [
      ...streams.map((id) => direct('streams.get', id)),
      ...tracesOf({ setup, actors }).map(readTrace),
      ...streams.flatMap((id) => [enter(id), leave]),
    ];
    return { setup, actors, finale, patienceMs: 3_000 };
  },
  judge: (run) => wrongError(run) ?? unexplained(run) ?? strayTrace(run),
  exercised: ({ main, trial }) => sectionsOf(main, trial).some(({ wrote, committed }) => wrote && !committed),
});

function section({ stream, end, trace, pauseMs, thrown }: Visit, digit: number, scope: Scope): Step[] {
  const id = scope.id(stream);
  const ends: Record<Visit['end'], Step[]> = {
    return: [leave],
    throw: [
      {
        do: 'throw',
        message: `thrown by section ${digit}`,
        ...(thrown === undefined ? {} : { thrown }),
      },
    ],
    fail: [view('streams.create', streamOf(id)), leave],
  };
  return [
    enter(id),
    ...addDigit(id, digit),
    leaveTrace({ kind: trace, id: scope.id(`new-${digit}`) }),
    ...pause(pauseMs),
    ...ends[end],
  ];
}

function wrongError({ main, trial }: TrialRun<unknown>): Failure | undefined {
  for (const { left, entered } of sectionsOf(main, trial)) {
    if (left?.outcome.status === 'ok' && doOf(trial.actors, left) === 'throw') {
      return {
        summary: `withLock resolved although its callback (${whoOf(left)}) threw.`,
        expected: 'the error that the callback threw',
        actual: 'withLock resolved',
        marked: [entered, left],
      };
    }
    if (left?.outcome.status !== 'error' || doOf(trial.actors, left) !== 'throw') continue;
    const { error } = left.outcome;
    if (error.original === true) continue;
    return {
      summary: `withLock rejected, but not with the error that its callback (${whoOf(left)}) threw.`,
      expected: 'the very thing that the callback threw, so that the caller knows it by identity',
      actual: `${error.code ?? error.name}: ${error.message}`,
      marked: [entered, left],
    };
  }
  return undefined;
}

function doOf(
  actors: readonly Actor[],
  { actor, step }: { readonly actor: number; readonly step: number },
): string {
  return actors[actor]?.steps[step]?.do ?? 'leave';
}
