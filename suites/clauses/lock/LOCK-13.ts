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
  /** The bound of the holder's own wait, which is over as it holds; 0: none. */
  readonly holderMs: number;
  /** The bounds of those who wait in vain. With none at all, as is 0, they do not wait. */
  readonly waitersMs: readonly number[];
  /** Whether they have a signal, too, that nobody aborts. */
  readonly haveSignals: boolean;
  /** Whether each waits within another section, whose callback swallows that it was in vain, and goes on. */
  readonly areNested: boolean;
  /** Whether the holder's callback throws in the end. */
  readonly throws: boolean;
}

/** For a callback that somebody would still start. */
const AFTERMATH_MS = 4;

/**
 * One holds the lock until everybody who waits for it has given up. Then it leaves, and the next one is let in at
 * once: nobody who gave up has the lock, and none of their callbacks ever runs. The holder is not cut short by the
 * bound of its own wait. A section in which somebody waited in vain takes effect as a whole or not at all.
 */
const BOUNDS: Property<Case> = {
  clause: 'LOCK-13',
  // Its programs wait most of the time.
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
      name: nested ? 'a wait in vain within another section' : 'a wait in vain outside of sections',
      occurred: (run) => run.input.areNested === nested && waitedInVain(run, () => true),
    })),
    {
      name: 'a lock in vain that was asked for without waiting for it',
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
    ghost(run) ??
    wrongEnd(run) ??
    cutShort(run) ??
    strayTrace(run) ??
    overdueFailure(run, 'a wait ends within its bound, and the lock is free as soon as its holder has left'),
  // Whoever asks while the holder is inside has to wait, or need not wait at all.
  exercised: ({ main }) =>
    main.records.some(({ actor, step, outcome }) => actor === 0 && step === 0 && outcome.status === 'ok'),
};

export const LOCK_13: AnyProperty = property(joined(joined(BOUNDS, longWait), meanwhile('bounds')));

function waitedInVain(run: TrialRun<Case>, counts: (timeoutMs: number | undefined) => boolean): boolean {
  return observed(run).some(
    ({ step, record }) => step.do === 'enter' && counts(step.timeoutMs) && codeOf(record) === 'LOCK_TIMEOUT',
  );
}

function ghost({ main, trial }: TrialRun<Case>): Failure | undefined {
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

/** A waiter that asked while the holder was inside fails with LOCK_TIMEOUT; an adapter that never waits lets it in. */
function wrongEnd(run: TrialRun<Case>): Failure | undefined {
  for (const { step, record } of observed(run)) {
    if (step.do !== 'enter' || record.actor === 0 || step.timeoutMs === undefined) continue;
    const code = codeOf(record);
    if (code === undefined || code === 'LOCK_TIMEOUT') continue;
    return {
      summary: `The lock was held for longer than the ${step.timeoutMs} ms that a waiter (${whoOf(record)}) had; it failed with ${code}.`,
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
    summary: `The holder was inside for longer than the ${input.holderMs} ms that its wait for the lock might take, and its withLock failed with ${code}.`,
    expected: 'timeoutMs bounds the wait for the lock, not the callback',
    actual: code === 'none' ? 'an error without a code' : String(code),
    marked: [holder.entered, left],
  };
}
