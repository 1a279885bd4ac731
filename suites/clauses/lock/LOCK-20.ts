import fc from 'fast-check';
import type { Step } from '../../../scenarios/host/language/program.ts';
import { addDigit, unexplained } from '../../harness/judging/effects.ts';
import { direct, enter, hold, leave, streamOf } from '../../harness/cases/generate.ts';
import { codeOf, observed, whoOf } from '../../harness/judging/observe.ts';
import { joined } from '../../harness/parts/joined.ts';
import { meanwhile } from '../../harness/parts/meanwhile.ts';
import { oneSignal } from '../../harness/parts/oneSignal.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Property,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { overdueFailure, scripted, turn, waits, type Turn } from '../../harness/cases/script.ts';
import { sectionsOf } from '../../harness/judging/sections.ts';
import { leaveTrace, readTrace, strayTrace, tracesOf } from '../../harness/cases/traces.ts';

interface Case {
  /** How many actors wait, and are aborted one after another. */
  readonly waiters: number;
  /** Whether their waits also have a timeout, which is not reached. */
  readonly areBounded: boolean;
  /** Whether each wait is within another section, whose callback swallows the error and continues. */
  readonly areNested: boolean;
  /** Whether one more actor arrives with a signal that is already aborted. */
  readonly comesAborted: boolean;
  /** Whether the holder's own signal is aborted while it is inside. */
  readonly holder: 'left alone' | 'aborted before its writes' | 'aborted after its writes';
}

const BOUND_MS = 60_000;
/** How long the holder stays, in milliseconds, to notice a callback that is started late. */
const AFTERMATH_MS = 3;

/**
 * The signals of waiters are aborted while another actor holds the lock, or before they arrive. Each wait must fail
 * with ABORTED while the holder is still inside, and its callback must never run. The holder, whose signal may also
 * be aborted, must continue and commit. A section in which a wait was aborted must take effect as a whole or not at
 * all.
 */
const ABORTS: Property<Case> = {
  clause: 'LOCK-20',
  slow: 4,
  topologies: ['one', 'shared'],
  schedules: 'free',
  arbitrary: ({ capabilities }) =>
    fc.record({
      waiters: fc.integer({ min: 1, max: 3 }),
      areBounded: capabilities.lockTimeout ? fc.boolean() : fc.constant(false),
      areNested: fc.boolean(),
      comesAborted: fc.boolean(),
      holder: fc.constantFrom('left alone', 'aborted before its writes', 'aborted after its writes'),
    }),
  examples: () =>
    [true, false].map((areNested) => ({
      waiters: 1,
      areBounded: false,
      areNested,
      comesAborted: false,
      holder: 'left alone',
    })),
  situations: () =>
    [true, false].map((nested) => ({
      name: nested
        ? 'a wait that was aborted within another section'
        : 'a wait that was aborted outside of sections',
      occurred: (run) => run.input.areNested === nested && wasAborted(run),
    })),
  trial: ({ waiters, areBounded, areNested, comesAborted, holder }, scope, { surfaces, capabilities }) => {
    const stored = surfaces.includes('streams');
    const created = (waiter: number, when: string): Turn[] =>
      areNested && stored && capabilities.atomic
        ? [turn(waiter, leaveTrace({ kind: 'stream', id: scope.id(`${when}-${waiter}`) }))]
        : [];
    const s1 = scope.id('s1');
    const late = comesAborted ? [waiters + 1] : [];
    const next = waiters + late.length + 1;
    const abort = (actor: number): Turn => turn(next, { do: 'abort', actor });
    const writes: Step[] = stored ? addDigit(s1, 1) : [hold(1)];
    const waiter = {
      abortable: true,
      ...(areBounded ? { timeoutMs: BOUND_MS } : {}),
      ...(areNested ? { swallow: true } : {}),
    };
    const actors = Array.from({ length: waiters }, (_, index) => index + 1);
    const around = (actor: number): Turn[] =>
      areNested ? [turn(actor, enter(scope.id(`around-${actor}`))), ...created(actor, 'before')] : [];
    const goesOn = (actor: number): Turn[] =>
      areNested ? [...created(actor, 'after'), turn(actor, leave)] : [];
    const program = {
      setup: stored ? [direct('streams.create', streamOf(s1))] : [],
      ...scripted([
        turn(0, enter(s1, { abortable: true })),
        ...actors.flatMap(around),
        ...actors.map((actor) => waits(actor, enter(s1, waiter))),
        ...(holder === 'aborted before its writes' ? [abort(0)] : []),
        ...writes.map((step) => turn(0, step)),
        ...(holder === 'aborted after its writes' ? [abort(0)] : []),
        ...late.flatMap((actor) => [turn(actor, enter(s1, { aborted: true })), turn(actor, leave)]),
        // The next step of the waiter shows that its wait has ended.
        ...actors.flatMap((actor) => [abort(actor), turn(actor, leave), ...goesOn(actor)]),
        turn(0, leave),
        turn(next, enter(s1)),
        turn(next, hold(AFTERMATH_MS)),
        turn(next, leave),
      ]),
    };
    return {
      ...program,
      finale: [...(stored ? [direct('streams.get', s1)] : []), ...tracesOf(program).map(readTrace)],
      patienceMs: 2_500,
    };
  },
  judge: (run) =>
    lateCallback(run) ??
    wrongEnd(run) ??
    stoppedHolder(run) ??
    strayTrace(run) ??
    falselyLost(run) ??
    overdueFailure(run, 'an aborted wait ends at once, and then the lock is free when its holder leaves') ??
    unexplained(run),
  exercised: ({ main }) =>
    main.records.some(({ actor, step, outcome }) => actor === 0 && step === 0 && outcome.status === 'ok'),
};

export const LOCK_20: AnyProperty = property(joined(joined(ABORTS, meanwhile('signals')), oneSignal));

function wasAborted(run: TrialRun<Case>): boolean {
  return observed(run).some(({ step, record }) => step.do === 'enter' && codeOf(record) === 'ABORTED');
}

function lateCallback({ main }: TrialRun<Case>): Failure | undefined {
  const found = main.ghosts[0];
  if (found === undefined) return undefined;
  return {
    summary: `The wait of actor ${found.actor + 1} in process ${found.process} was aborted, but its callback was started nevertheless.`,
    expected: 'ABORTED says that the callback did not run and will not run',
    actual: 'withLock had settled when the callback started',
    marked: main.records.filter(({ actor }) => actor === found.actor),
  };
}

function wrongEnd(run: TrialRun<Case>): Failure | undefined {
  for (const { step, record } of observed(run)) {
    const code = codeOf(record);
    if (step.do !== 'enter' || code === undefined || code === 'ABORTED') continue;
    return {
      summary: `The wait for the lock (${whoOf(record)}) was aborted by its signal and failed with ${code}.`,
      expected: 'ABORTED',
      actual: code === 'none' ? 'an error without a code' : code,
      marked: [record],
    };
  }
  return undefined;
}

/** The signal of a view means that the lock is lost. Nothing else may abort it. */
function falselyLost({ main }: TrialRun<Case>): Failure | undefined {
  const lost = main.records.find(({ outcome }) => outcome.status === 'ok' && outcome.lost === true);
  if (lost === undefined) return undefined;
  return {
    summary: `The signal of a view (${whoOf(lost)}) was aborted, as if its lock had been lost, and withLock resolved.`,
    expected: 'the signal is aborted only if the lock is lost, and then withLock rejects',
    actual: 'aborted, and committed',
    marked: [lost],
  };
}

function stoppedHolder({ main, trial, input }: TrialRun<Case>): Failure | undefined {
  const holder = sectionsOf(main, trial).find(({ actor, left }) => actor === 0 && left !== undefined);
  const left = holder?.left;
  if (left === undefined || left.outcome.status !== 'error') return undefined;
  const code = codeOf(left);
  if (code === 'UNAVAILABLE' && input.holder === 'left alone') return undefined;
  return {
    summary: `The holder's signal was ${input.holder}, and its withLock failed with ${code}.`,
    expected: 'the signal stops the wait for the lock, not the holder: it commits',
    actual: code === 'none' ? 'an error without a code' : String(code),
    marked: [left],
  };
}
