import fc from 'fast-check';
import type { Step } from '../../../scenarios/host/language/program.ts';
import { enter, hold, leave } from '../../harness/cases/generate.ts';
import { codeOf, observed, whoOf } from '../../harness/judging/observe.ts';
import { joined } from '../../harness/parts/joined.ts';
import { meanwhile } from '../../harness/parts/meanwhile.ts';
import { longWait } from '../../harness/parts/longTimes.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Property,
  type Situation,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { sectionsOf } from '../../harness/judging/sections.ts';
import { overdueFailure, scripted, turn, waits, type Turn } from '../../harness/cases/script.ts';
import { leaveTrace, readTrace, strayTrace, tracesOf } from '../../harness/cases/traces.ts';

interface Case {
  /** The timeout of the holder's own wait, which passes while it holds the lock. 0: none. */
  readonly holderMs: number;
  /** The timeouts of the waits that time out. With 0 an actor does not wait at all. */
  readonly waitersMs: readonly number[];
  /** Whether these waits also have a signal, which nobody aborts. */
  readonly haveSignals: boolean;
  /** Whether each wait is within another section, whose callback swallows the error and continues. */
  readonly areNested: boolean;
  /** Whether the holder's callback throws in the end. */
  readonly throws: boolean;
}

/** How long the next holder stays, in milliseconds, to notice a callback that is started late. */
const AFTERMATH_MS = 4;

/**
 * One actor holds the lock until every wait for it has timed out. Then it leaves, and the next actor must be let in
 * at once: no wait that timed out may get the lock or run its callback. The timeout of the holder's own wait must not
 * end its section. A section in which a wait timed out must take effect as a whole or not at all.
 */
const BOUNDS: Property<Case> = {
  clause: 'LOCK-13',
  // Slow, because the programs wait most of the time.
  slow: 3,
  topologies: ['one', 'shared'],
  schedules: 'free',
  arbitrary: () =>
    fc.record({
      holderMs: fc.constantFrom(0, 5, 10),
      waitersMs: fc.array(
        fc.oneof(
          { weight: 5, arbitrary: fc.integer({ min: 12, max: 45 }) },
          { weight: 1, arbitrary: fc.constant(0) },
        ),
        { minLength: 1, maxLength: 3 },
      ),
      haveSignals: fc.boolean(),
      areNested: fc.boolean(),
      throws: fc.boolean(),
    }),
  examples: () =>
    [15, 0].flatMap((ms) =>
      [true, false].map((areNested) => ({
        holderMs: 0,
        waitersMs: [ms],
        haveSignals: false,
        areNested,
        throws: false,
      })),
    ),
  situations: () => [
    ...[true, false].map((nested): Situation<Case> => ({
      name: nested
        ? 'a wait that timed out within another section'
        : 'a wait that timed out outside of sections',
      occurred: (run) => run.input.areNested === nested && waitedInVain(run, () => true),
    })),
    {
      name: 'a lock that was requested without a wait, and refused',
      occurred: (run) => waitedInVain(run, (timeoutMs) => timeoutMs === 0),
    },
  ],
  trial: (input, scope, subject) => {
    const { holderMs, waitersMs, haveSignals, areNested, throws } = input;
    const writes = areNested && subject.surfaces.includes('streams') && subject.capabilities.atomic;
    const created = (waiter: number, when: string): Step[] =>
      writes ? [leaveTrace({ kind: 'stream', id: scope.id(`${when}-${waiter}`) })] : [];
    const asides = (waiter: number): Turn[] =>
      [enter(scope.id(`around-${waiter}`)), ...created(waiter, 'before')].map((step) => turn(waiter, step));
    const waiters = waitersMs.map((_, index) => index + 1);

    const s1 = scope.id('s1');
    const last = waitersMs.length;
    const next = last + 1;
    const program = scripted([
      turn(0, enter(s1, holderMs === 0 ? {} : { timeoutMs: holderMs })),
      ...(areNested ? waiters.flatMap(asides) : []),
      ...waitersMs.map((timeoutMs, index): Turn => {
        const step = enter(s1, {
          timeoutMs,
          ...(haveSignals ? { abortable: true } : {}),
          ...(areNested ? { swallow: true } : {}),
        });
        return index + 1 === last ? turn(last, step) : waits(index + 1, step);
      }),
      ...waiters.map((waiter) => turn(waiter, leave)),
      ...(areNested
        ? waiters.flatMap((waiter) => [...created(waiter, 'after'), leave].map((step) => turn(waiter, step)))
        : []),
      turn(0, throws ? { do: 'throw', message: 'thrown by the holder' } : leave),
      turn(next, enter(s1)),
      turn(next, hold(AFTERMATH_MS)),
      turn(next, leave),
    ]);
    return { ...program, finale: tracesOf(program).map(readTrace), patienceMs: 2_500 };
  },
  judge: (run) =>
    lateCallback(run) ??
    wrongEnd(run) ??
    cutShort(run) ??
    strayTrace(run) ??
    overdueFailure(
      run,
      'a wait ends within its timeout, and the lock is free as soon as its holder has left',
    ),
  // The trial tests the clause if the holder got the lock: every other actor requests it while the holder is inside.
  exercised: ({ main }) =>
    main.records.some(({ actor, step, outcome }) => actor === 0 && step === 0 && outcome.status === 'ok'),
};

export const LOCK_13: AnyProperty = property(joined(joined(BOUNDS, longWait), meanwhile('bounds')));

function waitedInVain(run: TrialRun<Case>, counts: (timeoutMs: number | undefined) => boolean): boolean {
  return observed(run).some(
    ({ step, record }) => step.do === 'enter' && counts(step.timeoutMs) && codeOf(record) === 'LOCK_TIMEOUT',
  );
}

function lateCallback({ main, trial }: TrialRun<Case>): Failure | undefined {
  const found = main.ghosts[0];
  if (found === undefined) return undefined;
  const step = trial.actors[found.actor]?.steps[found.step];
  const bound = step?.do === 'enter' && step.timeoutMs !== undefined ? ` after ${step.timeoutMs} ms` : '';
  return {
    summary: `Actor ${found.actor + 1} in process ${found.process} gave up waiting${bound}, but its callback was started nevertheless.`,
    expected: 'LOCK_TIMEOUT says that the callback did not run and will not run',
    actual: 'withLock had settled when the callback started',
    marked: main.records.filter(({ actor }) => actor === found.actor),
  };
}

/**
 * A wait that began while the holder was inside must fail with LOCK_TIMEOUT. An adapter that never waits lets it in.
 */
function wrongEnd(run: TrialRun<Case>): Failure | undefined {
  for (const { step, record } of observed(run)) {
    if (step.do !== 'enter' || record.actor === 0 || step.timeoutMs === undefined) continue;
    const code = codeOf(record);
    if (code === undefined || code === 'LOCK_TIMEOUT') continue;
    return {
      summary: `The lock was held for longer than the ${step.timeoutMs} ms that a waiter (${whoOf(record)}) had as its timeout; it failed with ${code}.`,
      expected: 'LOCK_TIMEOUT',
      actual: code === 'none' ? 'an error without a code' : code,
      marked: [record],
    };
  }
  return undefined;
}

function cutShort({ main, trial, input }: TrialRun<Case>): Failure | undefined {
  const holder = sectionsOf(main, trial).find(({ actor }) => actor === 0);
  const left = holder?.left;
  if (holder === undefined || left?.outcome.status !== 'error' || left.outcome.error.original === true)
    return undefined;
  const code = codeOf(left);
  return {
    summary: `The holder was inside for longer than the ${input.holderMs} ms that its own wait had as its timeout, and its withLock failed with ${code}.`,
    expected: 'timeoutMs bounds the wait for the lock, not the callback',
    actual: code === 'none' ? 'an error without a code' : String(code),
    marked: [holder.entered, left],
  };
}
