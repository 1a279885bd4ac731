import fc from 'fast-check';
import {
  RETRYABLE_CODES,
  type IdempotencyRecord,
  type PutIfAbsentResult,
  type StorageErrorCode,
} from '../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Actor } from '../../../scenarios/host/language/program.ts';
import { direct } from '../../harness/cases/generate.ts';
import { calls, codeOf, finaleValue, show, valueOf, whoOf } from '../../harness/judging/observe.ts';
import { inFlight } from '../../harness/parts/inFlight.ts';
import { joined } from '../../harness/parts/joined.ts';
import { locksStreams } from '../../harness/cases/lockedStreams.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type Subject,
  type Trial,
  type TrialRun,
  type Property,
} from '../../harness/engine/property.ts';
import { FUTURE, PAST, replayOf } from '../../harness/cases/records.ts';
import { answerOf, isEffect, saysLater as answeredLater } from '../../harness/judging/requests.ts';
import { answeredRace, answeredRequests } from '../../harness/judging/races.ts';
import { firstDifference, literal } from '../../harness/judging/same.ts';
import { beginRace, judgeBeginRace, type Requests } from './beginRace.ts';
import { repeatedSettle } from './settleRace.ts';

interface Case {
  /**
   * `put`: through putIfAbsent. `claims`: through `begin`, if claims are declared. `request`: through the settlement
   * protocol, if the adapter has the surfaces for it.
   */
  readonly through: 'put' | 'claims' | 'request';
  /** What is stored before: nothing, or an expired record that must be taken over. */
  readonly before: 'nothing' | 'expired';
  readonly actors: number;
}

/**
 * Actors put one token at once, and each reads it directly afterwards. Actors that did not store their record must
 * get the stored one, or a retryable error while the winner is still writing. Nobody may find the token absent after
 * a put has returned. With claims, a loser may also be told that the request is in progress. In other cases the
 * actors settle one stream with one key: the losers must get the winner's answer, at once or when they ask again.
 */
const RACES: Property<Case> = {
  clause: 'IDEM-02',
  racing: true,
  arbitrary: (subject) =>
    fc.record({
      through: fc.constantFrom(...waysOf(subject)),
      before: subject.capabilities.ttl
        ? fc.constantFrom('nothing', 'expired')
        : fc.constant('nothing' as const),
      actors: fc.integer({ min: 3, max: 5 }),
    }),
  examples: (subject) => waysOf(subject).map((through) => ({ through, before: 'nothing', actors: 4 })),
  situations: (subject) => [
    answeredRace('idempotency.putIfAbsent'),
    ...(waysOf(subject).includes('request') ? [answeredRequests] : []),
  ],
  trial: (input, scope, subject) => {
    switch (input.through) {
      case 'put':
        return putRace(input, scope);
      case 'claims':
        return beginRace(requestsOf(input), scope);
      case 'request':
        return repeatedSettle(input.actors, scope, subject);
      default:
        return input.through satisfies never;
    }
  },
  judge: (run) => {
    switch (run.input.through) {
      case 'put':
        return judgePuts(run);
      case 'claims':
        return judgeBeginRace(run, requestsOf(run.input));
      case 'request':
        return judgeRequests(run);
      default:
        return run.input.through satisfies never;
    }
  },
  exercised: (run) =>
    run.input.through !== 'put' ||
    calls(run, 'idempotency.putIfAbsent').filter(({ record }) => !saysLater(record)).length > 1,
};

export const IDEM_02: AnyProperty = property(joined(RACES, inFlight('idempotency')));

/** The ways that the adapter supports. */
function waysOf(subject: Subject): Case['through'][] {
  return [
    'put',
    ...(subject.capabilities.idempotencyClaims ? (['claims'] as const) : []),
    ...(locksStreams(subject) ? (['request'] as const) : []),
  ];
}

/** All actors repeat one request. */
function requestsOf({ actors }: Case): Requests {
  return Array.from({ length: actors }, () => 1);
}

function putRace({ before, actors }: Case, scope: Scope): Trial {
  const token = `settle:${scope.asIs('k1')}`;
  const expired = replayOf(token, { body: '"expired"', createdAt: PAST, expiresAt: PAST });
  return {
    setup: before === 'expired' ? [direct('idempotency.insert', expired)] : [],
    actors: Array.from({ length: actors }, (_, index): Actor => ({
      instance: index,
      steps: [
        direct(
          'idempotency.putIfAbsent',
          replayOf(token, { body: `"by actor ${index + 1}"`, expiresAt: FUTURE }),
        ),
        direct('idempotency.get', token),
      ],
    })),
    finale: [
      direct('idempotency.get', token),
      direct('idempotency.putIfAbsent', replayOf(token, { body: LATECOMER, expiresAt: FUTURE })),
    ],
  };
}

/** What is put after all others have finished. */
const LATECOMER = '"afterwards"';

function judgePuts(run: TrialRun<Case>): Failure | undefined {
  const stored = finaleValue(run, 0) as IdempotencyRecord | undefined;
  const told = new Set(
    calls(run, 'idempotency.putIfAbsent').flatMap(({ record }) => (saysLater(record) ? [record.actor] : [])),
  );
  const wrong = [...calls(run, 'idempotency.putIfAbsent'), ...calls(run, 'idempotency.get')].find(
    ({ record }) => {
      if (saysLater(record)) return false;
      const value = valueOf(record) as PutIfAbsentResult | IdempotencyRecord | undefined;
      // An actor that was told to try again may read before the winner has finished.
      if (value === undefined) return !told.has(record.actor);
      return firstDifference(stored, recordIn(value)) !== undefined;
    },
  );
  if (wrong === undefined) return latePut(run, told.size === run.input.actors, stored);
  return { ...otherRecord(run, wrong, stored), marked: [wrong.record] };
}

function otherRecord(
  { scope }: TrialRun<Case>,
  { step, record }: ReturnType<typeof calls>[number],
  stored: IdempotencyRecord | undefined,
): Failure {
  const given = recordIn(valueOf(record) as PutIfAbsentResult | IdempotencyRecord | undefined);
  const { path, expected, actual } = firstDifference(stored, given) ?? { path: '' };
  const who = whoOf(record);
  const one = 'every caller is given the one record that was stored';
  if (path !== '')
    return {
      summary: `${who} was given a record by ${step.method} that is not the one in storage: its ${path} differs.`,
      expected: `${one}: ${path} ${literal(expected)}`,
      actual: `${path} ${literal(actual)}`,
    };
  const code = codeOf(record);
  return {
    summary:
      code === undefined
        ? `After a put of the token had returned, ${who} was answered by ${step.method} with ${given === undefined ? 'no record' : 'a record'}; storage has ${stored === undefined ? 'none' : 'one'}.`
        : `${who} was answered by ${step.method} with ${code === 'none' ? 'an error without a code' : code}, which neither gives the record nor asks to try again.`,
    expected: `${one}: ${show(stored, scope)}`,
    actual: code ?? show(given, scope),
  };
}

/** The record that a put stored or found, or that a get returned. */
function recordIn(value: PutIfAbsentResult | IdempotencyRecord | undefined): IdempotencyRecord | undefined {
  if (value === undefined || !('stored' in value)) return value;
  return value.stored ? value.record : value.existing;
}

/**
 * Judges a put after all others have finished. Actors that were told to try again have stored nothing, so it must
 * find the stored record, or store its own.
 */
function latePut(
  run: TrialRun<Case>,
  allAreTold: boolean,
  stored: IdempotencyRecord | undefined,
): Failure | undefined {
  const last = run.finale.at(-1);
  const put = valueOf(last) as PutIfAbsentResult | undefined;
  if (last === undefined || put === undefined) return undefined;
  if (allAreTold ? put.stored : !put.stored && firstDifference(stored, put.existing) === undefined)
    return undefined;
  return {
    summary: allAreTold
      ? 'Every caller who put the token was told to try again, but it is stored: no caller executes the request.'
      : `A token was put once more after all others had finished, and the answer is ${show(put, run.scope)}.`,
    expected: allAreTold
      ? 'a caller that is told to try again has stored nothing: the next one stores'
      : `the record that is stored: ${show(stored, run.scope)}`,
    actual: show(put, run.scope),
    marked: [last],
  };
}

/** Every answer except the winner's must be the winner's answer again, or ask the caller to try again. */
function judgeRequests({ main, finale, scope }: TrialRun<Case>): Failure | undefined {
  const winner = main.records.find((record) => isEffect(record, false));
  if (winner === undefined) return notExecuted(finale, scope);
  const first = answerOf(winner);
  const wrong = [...main.records, ...finale].find((record) => {
    const answer = answerOf(record);
    if (record === winner || answer === undefined || answer.status === 500) return false;
    if (answer.effect)
      return answer.replayed && (answer.status !== first?.status || answer.body !== first.body);
    return finale.includes(record) || !answeredLater(answer);
  });
  if (wrong === undefined) return undefined;
  return {
    summary: `A settle was requested several times with one key. One took effect, and ${finale.includes(wrong) ? 'repeated once more it' : whoOf(wrong)} was answered ${show(answerOf(wrong), scope)}.`,
    expected: `the answer that took effect, replayed: ${show(first, scope)}${finale.includes(wrong) ? '' : '; or, while that one runs, IN_PROGRESS or an answer that says "later" (425, 429, 503)'}`,
    actual: show(answerOf(wrong), scope),
    marked: [winner, wrong],
  };
}

/** Nobody was answered with the effect. Then a request after all others have finished must be. */
function notExecuted(finale: readonly StepRecord[], scope: Scope): Failure | undefined {
  const last = finale.at(-1);
  if (last === undefined || answerOf(last)?.effect === true) return undefined;
  return {
    summary: `A settle was requested several times with one key, and no caller got its effect as the answer. After all others had finished, it was requested once more and answered with ${show(answerOf(last), scope)}.`,
    expected: 'the request is executed, or its answer is replayed',
    actual: show(answerOf(last), scope),
    marked: [last],
  };
}

/**
 * Whether the answer says, by its code, that another request is running: nothing happened, and the caller may try
 * again.
 */
function saysLater(record: StepRecord): boolean {
  return RETRYABLE_CODES.includes(codeOf(record) as StorageErrorCode);
}
