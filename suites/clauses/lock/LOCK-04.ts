import fc from 'fast-check';
import { RETRYABLE_CODES } from '../../../adapters/contract/index.ts';
import type { Step } from '../../../scenarios/host/program.ts';
import { enter, leave } from '../../harness/generate.ts';
import { codeOf, whoOf } from '../../harness/observe.ts';
import { property, type AnyProperty, type Failure, type TrialRun } from '../../harness/property.ts';
import { act, overdueFailure, scripted, waits } from '../../harness/script.ts';

interface Case {
  /** The wait bounds of two or three actors, each of which holds one lock and asks for the next one's. */
  readonly timeoutsMs: readonly number[];
  /** Whether the callbacks carry on after the inner call has failed, or reject with its error. */
  readonly swallow: boolean;
}

/** What is free afterwards is had within this time in milliseconds. */
const FREE_WITHIN_MS = 2_000;

/**
 * Each of two or three actors enters a stream's section and then asks for the next actor's lock. Nobody can go on
 * until somebody gives up: every call ends, what fails is retryable, and afterwards all locks are free.
 */
export const LOCK_04: AnyProperty = property<Case>({
  clause: 'LOCK-04',
  // Its programs wait most of the time.
  slow: true,
  schedules: 'free',
  arbitrary: () =>
    fc.record({
      timeoutsMs: fc.array(fc.integer({ min: 15, max: 45 }), { minLength: 2, maxLength: 3 }),
      swallow: fc.boolean(),
    }),
  trial: ({ timeoutsMs, swallow }, scope) => {
    const ids = timeoutsMs.map((_, index) => scope.id(`s${index + 1}`));
    const inner = timeoutsMs.map((timeoutMs, index): Step => {
      return { do: 'enter', stream: ids[(index + 1) % ids.length] as string, timeoutMs, swallow };
    });
    const last = ids.length - 1;
    return {
      ...scripted([
        ...ids.map((id, index) => act(index, enter(id, { timeoutMs: FREE_WITHIN_MS }))),
        ...inner.map((step, index) => (index === last ? act(index, step) : waits(index, step))),
        ...ids.map((_, index) => act(index, leave)),
        ...ids.map((_, index) => act(index, leave)),
      ]),
      finale: ids.flatMap((id) => [enter(id, { timeoutMs: FREE_WITHIN_MS }), leave]),
      patienceMs: 3_000,
    };
  },
  judge: (run) =>
    wrongCode(run) ??
    overdueFailure(run, 'a call that cannot be granted ends within its bound of some milliseconds'),
  exercised: ({ main, trial }) => {
    const outer = main.records.filter(({ step, outcome }) => step === 0 && outcome.status === 'ok');
    return new Set(outer.map(({ actor }) => actor)).size === trial.actors.length;
  },
});

function wrongCode({ main, trial }: TrialRun<unknown>): Failure | undefined {
  for (const record of main.records) {
    const code = codeOf(record);
    if (code === undefined || (RETRYABLE_CODES as readonly string[]).includes(code)) continue;
    const step = trial.actors[record.actor]?.steps[record.step];
    const what =
      step?.do === 'enter' ? 'Asking for a lock that another waiter holds' : 'The section around it';
    return {
      summary: `${what} (${whoOf(record)}) failed with ${code}, which does not tell the caller to try again.`,
      expected: `success, or one of ${RETRYABLE_CODES.join(', ')}`,
      actual: code === 'none' ? 'an error without a code' : code,
      marked: [record],
    };
  }
  return undefined;
}
