/**
 * Calls that race. A loser may be told to try again, which promises that nothing happened: whoever asks when nobody else does
 * must be answered, and of those that meet somebody must be, in one trial at least.
 */
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Method, Step } from '../../../scenarios/host/language/program.ts';
import { calls, codeOf, observed } from './observe.ts';
import type { Failure, Situation, TrialRun } from '../engine/property.ts';
import { isRetryable } from '../cases/refusals.ts';
import { isEffect, type Settlement } from './requests.ts';

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

/** Two requests of different actors that were under way at once, one of which took effect. */
export const answeredRequests: Situation<unknown> = {
  name: 'two requests that met, one of which took effect',
  occurred: ({ main }) =>
    main.records.some((one) => isEffect(one, false) && main.records.some((other) => hasMet(one, other))),
};

/** Two requests of different actors for one operation that were under way at once, one of which took effect. */
export function answeredRequestsTo(operation: Settlement): Situation<unknown> {
  return metRequests(
    `two requests to ${operation} that met, one of which took effect`,
    (one, other) => one.operation === operation && other.operation === operation,
  );
}

/** Likewise two whose steps `pair` says are of the kind. */
export function metRequests(
  name: string,
  pair: (one: RequestStep, other: RequestStep) => boolean,
): Situation<unknown> {
  return {
    name,
    occurred: (run) => {
      const requests = observed(run).flatMap(({ step, record }) =>
        step.do === 'request' ? [{ step, record }] : [],
      );
      return requests
        .filter(({ record }) => isEffect(record, false))
        .some((one) =>
          requests.some((other) => hasMet(one.record, other.record) && pair(one.step, other.step)),
        );
    },
  };
}

type RequestStep = Extract<Step, { readonly do: 'request' }>;

export interface Race {
  /** `created a stream`. */
  readonly did: string;
  /** `created`, and with what: `, with other content`. */
  readonly again: string;
  readonly besides?: string;
  /** `there is no such stream, and nobody else creates it`. */
  readonly otherwise: string;
}

/** Who comes in the finale's last step, when all others are done, adds the record, or is told that it exists. */
export function lateAnswer(
  { finale }: Pick<TrialRun<unknown>, 'finale'>,
  isThere: boolean,
  { did, again, besides = '', otherwise }: Race,
): Failure | undefined {
  const last = finale.at(-1);
  if (last === undefined) return undefined;
  const code = codeOf(last);
  if (code === (isThere ? 'ALREADY_EXISTS' : undefined)) return undefined;
  return {
    summary: `Several callers had ${did}, ${isThere ? 'and it exists' : 'without success'}. When all of them were done, it was ${again} once more${besides}, and that ${code === undefined ? 'succeeded' : `failed with ${code}`}.`,
    expected: isThere ? 'ALREADY_EXISTS' : `success: ${otherwise}`,
    actual: code ?? 'success',
    marked: [last],
  };
}

/** Whether they are steps of two actors that were under way at once. */
export function hasMet(one: StepRecord, other: StepRecord): boolean {
  return one.actor !== other.actor && one.call < other.return && other.call < one.return;
}
