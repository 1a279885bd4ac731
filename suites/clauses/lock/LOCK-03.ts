import fc from 'fast-check';
import type { Actor, Step, StepRecord } from '../../../scenarios/host/program.ts';
import { readForUpdate, writeDigit } from '../../harness/effects.ts';
import { notExclusive } from '../../harness/exclusion.ts';
import { direct, enter, leave, pause, pauseMs, streamOf } from '../../harness/generate.ts';
import { codeOf, whoOf } from '../../harness/observe.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type TrialRun,
} from '../../harness/property.ts';

interface Nesting {
  /** How often the stream's lock is asked for again inside. */
  readonly depth: number;
  /** Whether another stream's section lies between the outer and the first inner one. */
  readonly through: boolean;
  readonly pauseMs: number;
}

interface Case {
  readonly nestings: readonly Nesting[];
  /** Pauses of the actors that want the same lock and do not nest. */
  readonly others: readonly number[];
}

const nesting: fc.Arbitrary<Nesting> = fc.record({
  depth: fc.integer({ min: 1, max: 2 }),
  through: fc.boolean(),
  pauseMs,
});

/**
 * A holder asks for its own lock again, beside others that want it. The inner call runs or is LOCK_REENTRANT, soon;
 * and whichever it was, the lock is held until the outer section ends.
 */
export const LOCK_03: AnyProperty = property<Case>({
  clause: 'LOCK-03',
  alsoIn: ['small-pool'],
  arbitrary: () =>
    fc.record({
      nestings: fc.array(nesting, { minLength: 1, maxLength: 2 }),
      others: fc.array(pauseMs, { minLength: 1, maxLength: 2 }),
    }),
  trial: ({ nestings, others }, scope, { surfaces }) => {
    const stored = surfaces.includes('streams');
    const s1 = scope.id('s1');
    const nesters = nestings.map((one, index): Actor => {
      return { instance: 0, steps: section(s1, index, stored, inner(one, index, scope)) };
    });
    const plain = others.map((ms, index): Actor => {
      return { instance: 0, steps: section(s1, nestings.length + index, stored, pause(ms)) };
    });
    return {
      setup: stored ? [direct('streams.create', streamOf(s1))] : [],
      actors: [...nesters, ...plain],
      finale: stored ? [direct('streams.get', s1)] : [],
      patienceMs: 2_000,
    };
  },
  judge: (run) => wrongRefusal(run) ?? notExclusive(run, ({ entered }) => !nests(run.trial.actors, entered)),
  exercised: ({ main, trial }) => main.records.some((record) => nests(trial.actors, record)),
});

/** The outer section reads before and writes after what happens inside it. */
function section(id: string, digit: number, stored: boolean, inside: readonly Step[]): Step[] {
  if (!stored) return [enter(id), ...inside, leave];
  return [enter(id), readForUpdate(id), ...inside, writeDigit(id, digit), leave];
}

function inner({ depth, through, pauseMs }: Nesting, index: number, scope: Scope): Step[] {
  const ids = Array.from({ length: depth }, () => scope.id('s1'));
  const path = through ? [scope.id(`between-${index}`), ...ids] : ids;
  return [
    ...path.map((id): Step => ({ do: 'enter', stream: id, swallow: true })),
    ...pause(pauseMs),
    ...path.map(() => leave),
    ...pause(pauseMs),
  ];
}

/** Whether the step of `record` asked for a lock inside a section. */
function nests(actors: readonly Actor[], { actor, step: index, outcome }: StepRecord): boolean {
  const step = actors[actor]?.steps[index];
  return step?.do === 'enter' && step.swallow === true && outcome.status !== 'skipped';
}

/** An inner call may fail with LOCK_REENTRANT only; the outer ones may fail as they may without nesting. */
function wrongRefusal({ main, trial, scope }: TrialRun<unknown>): Failure | undefined {
  for (const record of main.records) {
    const step = trial.actors[record.actor]?.steps[record.step];
    if (!nests(trial.actors, record) || step?.do !== 'enter' || step.stream !== scope.id('s1')) continue;
    const code = codeOf(record);
    if (code === undefined || code === 'LOCK_REENTRANT') continue;
    return {
      summary: `Asking again for the lock of "s1" inside its own section (${whoOf(record)}) failed with ${code}.`,
      expected: 'the inner callback runs, or the call is LOCK_REENTRANT',
      actual: code,
      marked: [record],
    };
  }
  return undefined;
}
