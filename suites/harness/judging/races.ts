/**
 * Calls that race. A loser may be told to try again, which promises that nothing happened. A caller without competition
 * must be answered. Of those that compete, one must be answered in at least one trial.
 */
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Method, Step } from '../../../scenarios/host/language/program.ts';
import { calls, codeOf, observed } from './observe.ts';
import type { Failure, Situation, TrialRun } from '../engine/property.ts';
import { isRetryable } from '../cases/refusals.ts';
import { isEffect, type Settlement } from './requests.ts';

/** Two calls of different actors that overlapped, of which at least one was not told to try again. */
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

/** Two requests of different actors that overlapped, of which one took effect. */
export const answeredRequests: Situation<unknown> = {
  name: 'two requests that met, one of which took effect',
  occurred: ({ main }) =>
    main.records.some((one) => isEffect(one, false) && main.records.some((other) => hasMet(one, other))),
};

/** Two requests of different actors for one operation that overlapped, of which one took effect. */
export function answeredRequestsTo(operation: Settlement): Situation<unknown> {
  return metRequests(
    `two requests to ${operation} that met, one of which took effect`,
    (one, other) => one.operation === operation && other.operation === operation,
  );
}

/** The same for two steps that `pair` accepts. */
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

/**
 * The failure of the finale's last step, which runs after all others: it must add the record or be told that it exists.
 */
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

/** Whether they are steps of two actors that overlapped. */
export function hasMet(one: StepRecord, other: StepRecord): boolean {
  return one.actor !== other.actor && one.call < other.return && other.call < one.return;
}
