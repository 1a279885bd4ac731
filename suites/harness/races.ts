/**
 * Calls that race. A loser may be told to try again, which promises that nothing happened: whoever asks when nobody else does
 * must be answered, and of those that meet somebody must be, in one trial at least.
 */
import type { Method, StepRecord } from '../../scenarios/host/program.ts';
import { calls, codeOf } from './observe.ts';
import type { Situation } from './property.ts';
import { isRetryable } from './refusals.ts';

/** Two calls of different actors that were under way at once, one of which was not told to try again. */
export function answeredRace(method: Method): Situation<unknown> {
  return {
    name: `two calls of ${method} that met, one of which was answered`,
    occurred: (run) => {
      const records = calls(run, method)
        .map(({ record }) => record)
        .filter(({ section }) => section === undefined);
      return records.some((one) => !isRetryable(codeOf(one)) && records.some((other) => hasMet(one, other)));
    },
  };
}

function hasMet(one: StepRecord, other: StepRecord): boolean {
  return one.actor !== other.actor && one.call < other.return && other.call < one.return;
}
