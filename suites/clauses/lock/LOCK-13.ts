import fc from 'fast-check';
import { enter, hold, leave } from '../../harness/generate.ts';
import { codeOf, observed, whoOf } from '../../harness/observe.ts';
import { joined } from '../../harness/parts/joined.ts';
import { longWait } from '../../harness/parts/longTimes.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Property,
  type TrialRun,
} from '../../harness/property.ts';
import { sectionsOf } from '../../harness/sections.ts';
import { act, overdueFailure, scripted, waits, type Act } from '../../harness/script.ts';

interface Case {
  /** The bound of the holder's own wait, which is over as it holds; 0: none. */
  readonly holderMs: number;
  /** The bounds of those who wait in vain. */
  readonly waitersMs: readonly number[];
  /** Whether they have a signal, too, that nobody aborts. */
  readonly haveSignals: boolean;
  /** Whether the holder's callback throws in the end. */
  readonly throws: boolean;
}

/** For a callback that somebody would still start. */
const AFTERMATH_MS = 4;

/**
 * One holds the lock until everybody who waits for it has given up. Then it leaves, and the next one is let in at
 * once: nobody who gave up has the lock, and none of their callbacks ever runs. The holder is not cut short by the
 * bound of its own wait.
 */
const BOUNDS: Property<Case> = {
  clause: 'LOCK-13',
  // Its programs wait most of the time.
  slow: true,
  topologies: ['one', 'shared'],
  schedules: 'free',
  arbitrary: () =>
    fc.record({
      holderMs: fc.constantFrom(0, 5, 10),
      waitersMs: fc.array(fc.integer({ min: 12, max: 45 }), { minLength: 1, maxLength: 3 }),
      haveSignals: fc.boolean(),
      throws: fc.boolean(),
    }),
  trial: ({ holderMs, waitersMs, haveSignals, throws }, scope) => {
    const s1 = scope.id('s1');
    const last = waitersMs.length;
    const next = last + 1;
    return {
      ...scripted([
        act(0, enter(s1, holderMs === 0 ? {} : { timeoutMs: holderMs })),
        ...waitersMs.map((timeoutMs, index): Act => {
          const step = enter(s1, { timeoutMs, ...(haveSignals ? { abortable: true } : {}) });
          return index + 1 === last ? act(last, step) : waits(index + 1, step);
        }),
        ...waitersMs.map((_, index) => act(index + 1, leave)),
        act(0, throws ? { do: 'throw', message: 'thrown by the holder' } : leave),
        act(next, enter(s1)),
        act(next, hold(AFTERMATH_MS)),
        act(next, leave),
      ]),
      patienceMs: 2_500,
    };
  },
  judge: (run) =>
    ghost(run) ??
    wrongEnd(run) ??
    cutShort(run) ??
    overdueFailure(run, 'a wait ends within its bound, and the lock is free as soon as its holder has left'),
  // Whoever asks while the holder is inside has to wait, or need not wait at all.
  exercised: ({ main }) =>
    main.records.some(({ actor, step, outcome }) => actor === 0 && step === 0 && outcome.status === 'ok'),
};

export const LOCK_13: AnyProperty = property(joined(BOUNDS, longWait));

function ghost({ main, trial }: TrialRun<Case>): Failure | undefined {
  const found = main.ghosts[0];
  if (found === undefined) return undefined;
  const step = trial.actors[found.actor]?.steps[found.step];
  const bound = step?.do === 'enter' && step.timeoutMs !== undefined ? ` after ${step.timeoutMs} ms` : '';
  return {
    summary: `Actor ${found.actor + 1} in process ${found.process} gave up waiting${bound}, and its callback was started all the same.`,
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
