import fc from 'fast-check';
import {
  RETRYABLE_CODES,
  type IdempotencyRecord,
  type PutIfAbsentResult,
  type StorageErrorCode,
} from '../../../adapters/contract/index.ts';
import type { Actor, StepRecord } from '../../../scenarios/host/program.ts';
import { direct } from '../../harness/generate.ts';
import { calls, codeOf, finaleValue, show, valueOf, whoOf } from '../../harness/observe.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type Trial,
  type TrialRun,
} from '../../harness/property.ts';
import { FUTURE, PAST, replayOf } from '../../harness/records.ts';
import { firstDifference } from '../../harness/same.ts';
import { beginRace, judgeBeginRace, type Requests } from './beginRace.ts';

interface Case {
  /** `begin` instead of putting a record: where claims are declared. */
  readonly claims: boolean;
  /** What is there before: nothing, or an expired record that has to be taken over. */
  readonly before: 'nothing' | 'expired';
  readonly actors: number;
}

/**
 * Actors put one token at once, and each reads it right afterwards. Whoever did not store gets the record of
 * who did, or is told to come again (a retryable error) while that one is at it, and nobody finds the token absent
 * once a put has returned. With claims the loser may also be told that the request is in progress.
 */
export const IDEM_02: AnyProperty = property<Case>({
  clause: 'IDEM-02',
  arbitrary: ({ capabilities }) =>
    fc.record({
      claims: capabilities.idempotencyClaims ? fc.boolean() : fc.constant(false),
      before: capabilities.ttl ? fc.constantFrom('nothing', 'expired') : fc.constant('nothing' as const),
      actors: fc.integer({ min: 3, max: 5 }),
    }),
  trial: (input, scope) => (input.claims ? beginRace(requestsOf(input), scope) : putRace(input, scope)),
  judge: (run) => (run.input.claims ? judgeBeginRace(run, requestsOf(run.input)) : judgePuts(run)),
  exercised: (run) =>
    run.input.claims ||
    calls(run, 'idempotency.putIfAbsent').filter(({ record }) => !saysLater(record)).length > 1,
});

/** All of them repeat one request. */
function requestsOf({ actors }: Case): Requests {
  return Array.from({ length: actors }, () => 1);
}

function putRace({ before, actors }: Case, scope: Scope): Trial {
  const token = `settle:${scope.id('k1')}`;
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
    finale: [direct('idempotency.get', token)],
  };
}

function judgePuts(run: TrialRun<Case>): Failure | undefined {
  const stored = finaleValue(run, 0) as IdempotencyRecord | undefined;
  const told = new Set(
    calls(run, 'idempotency.putIfAbsent').flatMap(({ record }) => (saysLater(record) ? [record.actor] : [])),
  );
  const wrong = [...calls(run, 'idempotency.putIfAbsent'), ...calls(run, 'idempotency.get')].find(
    ({ record }) => {
      if (saysLater(record)) return false;
      const value = valueOf(record) as PutIfAbsentResult | IdempotencyRecord | undefined;
      // Who was told to come again may look before the other one has finished.
      if (value === undefined) return !told.has(record.actor);
      const shown = 'stored' in value ? (value.stored ? value.record : value.existing) : value;
      return firstDifference(stored, shown) !== undefined;
    },
  );
  if (wrong === undefined) return undefined;
  return {
    summary: `${whoOf(wrong.record)} got ${show(valueOf(wrong.record), run.scope)} for a token that is stored with the body ${stored?.body}.`,
    expected: `every caller is given the one record that was stored: ${show(stored, run.scope)}`,
    actual: `${wrong.step.method} answered ${show(wrong.record.outcome, run.scope)}`,
    marked: [wrong.record],
  };
}

/** A typed answer that somebody else is at it: nothing happened, and the caller may try again. */
function saysLater(record: StepRecord): boolean {
  return RETRYABLE_CODES.includes(codeOf(record) as StorageErrorCode);
}
