import fc from 'fast-check';
import { matchSections } from '../../../scenarios/host/language/normalize.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Actor, Step } from '../../../scenarios/host/language/program.ts';
import { readForUpdate, writeDigit } from '../../harness/judging/effects.ts';
import { notExclusive } from '../../harness/judging/exclusion.ts';
import { direct, enter, leave, pause, pauseMs, streamOf } from '../../harness/cases/generate.ts';
import { codeOf, whoOf } from '../../harness/judging/observe.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type Subject,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { entriesOf, entryOptions, entrySituations } from '../../harness/vocabulary/shapes.ts';

interface Nesting {
  /** How often the same lock is requested again within the section. */
  readonly depth: number;
  /** Whether a section of another stream is between the outer and the first inner section. */
  readonly through: boolean;
  /** How the lock is requested again: an entry of ENTRIES. */
  readonly entry: string;
  /** Whether the innermost callback throws and the callback around it swallows the error. */
  readonly throws: boolean;
  readonly pauseMs: number;
}

interface Case {
  readonly nestings: readonly Nesting[];
  /** The pauses of actors that want the same lock and do not nest. */
  readonly others: readonly number[];
}

function nestingOf(subject: Subject): fc.Arbitrary<Nesting> {
  return fc.record({
    depth: fc.integer({ min: 1, max: 2 }),
    through: fc.boolean(),
    entry: fc.constantFrom(...entriesOf(subject)),
    throws: fc.boolean(),
    pauseMs,
  });
}

/**
 * A holder requests its own lock again, in every way, while others want it. The inner call must soon either run or
 * fail with LOCK_REENTRANT. However it ends, the lock must stay held until the outer section ends.
 */
export const LOCK_03: AnyProperty = property<Case>({
  clause: 'LOCK-03',
  alsoIn: ['small-pool'],
  interleaved: true,
  arbitrary: (subject) =>
    fc.record({
      nestings: fc.array(nestingOf(subject), { minLength: 1, maxLength: 2 }),
      others: fc.array(pauseMs, { minLength: 1, maxLength: 2 }),
    }),
  examples: (subject) =>
    entriesOf(subject).flatMap((entry) =>
      [true, false].map((throws) => ({
        nestings: [{ depth: 1, through: false, entry, throws, pauseMs: 1 }],
        others: [0],
      })),
    ),
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
  situations: (subject) =>
    [true, false].flatMap((throws) =>
      entrySituations(
        subject,
        (way) =>
          `a lock that its holder asked for again ${way}${throws ? ', and whose callback throws' : ''}`,
        (step, record, run) =>
          step.stream === run.scope.id('s1') &&
          nests(run.trial.actors, record) &&
          endsSo(run.trial.actors[record.actor], record.step, throws),
      ),
    ),
});

/** The outer section reads before and writes after what happens inside it. */
function section(id: string, digit: number, stored: boolean, inside: readonly Step[]): Step[] {
  if (!stored) return [enter(id), ...inside, leave];
  return [enter(id), readForUpdate(id), ...inside, writeDigit(id, digit), leave];
}

/** Whether the section that the step enters is planned to throw (`throws`), or not to. */
function endsSo(actor: Actor | undefined, enter: number, throws: boolean): boolean {
  const steps = actor?.steps ?? [];
  return (steps[matchSections(steps).leaveOf.get(enter) ?? -1]?.do === 'throw') === throws;
}

function inner({ depth, through, entry, throws, pauseMs }: Nesting, index: number, scope: Scope): Step[] {
  const ids = Array.from({ length: depth }, () => scope.id('s1'));
  const path = through ? [scope.id(`between-${index}`), ...ids] : ids;
  return [
    ...path.map((id): Step => enter(id, { ...entryOptions(entry), swallow: true })),
    ...pause(pauseMs),
    throws ? { do: 'throw', message: 'thrown by the inner section' } : leave,
    ...path.slice(1).map(() => leave),
    ...pause(pauseMs),
  ];
}

/** Whether the step of `record` requested a lock inside a section. */
function nests(actors: readonly Actor[], { actor, step: index, outcome }: StepRecord): boolean {
  const step = actors[actor]?.steps[index];
  return step?.do === 'enter' && step.swallow === true && outcome.status !== 'skipped';
}

/**
 * An inner call may fail only with LOCK_REENTRANT. The outer calls may fail only with the codes that are allowed
 * without nesting.
 */
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
