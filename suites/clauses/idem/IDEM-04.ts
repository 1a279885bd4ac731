import fc from 'fast-check';
import {
  compareTimestamps,
  type IdempotencyRecord,
  type NewIdempotencyRecord,
  type PutIfAbsentResult,
} from '../../../adapters/contract/index.ts';
import type { Actor, StepRecord } from '../../../scenarios/host/program.ts';
import { direct } from '../../harness/generate.ts';
import { calls, finaleValue, valueOf, whoOf } from '../../harness/observe.ts';
import { property, type AnyProperty, type Failure, type TrialRun } from '../../harness/property.ts';
import { FUTURE, PAST, replayOf } from '../../harness/records.ts';
import { firstDifference, literal } from '../../harness/same.ts';

type Case = readonly ('putIfAbsent' | 'insert')[];

/** Actors find one expired token at once. Exactly one takes it over, and what it stored is what stays. */
export const IDEM_04: AnyProperty = property<Case>({
  clause: 'IDEM-04',
  arbitrary: () => fc.array(fc.constantFrom('putIfAbsent', 'insert'), { minLength: 3, maxLength: 5 }),
  trial: (actors, scope) => {
    const token = `settle:${scope.id('k1')}`;
    return {
      setup: [
        direct(
          'idempotency.insert',
          replayOf(token, { body: '"expired"', createdAt: PAST, expiresAt: PAST }),
        ),
      ],
      actors: actors.map((method, index): Actor => ({
        instance: index,
        steps: [
          direct('idempotency.get', token),
          direct(`idempotency.${method}`, replayOf(token, recordOf(index))),
        ],
      })),
      finale: [direct('idempotency.get', token)],
    };
  },
  judge: (run) => {
    const winners = [
      ...calls(run, 'idempotency.insert').filter(({ record }) => record.outcome.status === 'ok'),
      ...calls(run, 'idempotency.putIfAbsent').filter(
        ({ record }) => (valueOf(record) as PutIfAbsentResult | undefined)?.stored === true,
      ),
    ].map(({ record }) => record);
    const stored = finaleValue(run, 0) as IdempotencyRecord | undefined;
    const [winner] = winners;
    if (winners.length === 1 && winner !== undefined && stored?.body === recordOf(winner.actor).body)
      return leftover(run, winner, stored);
    return {
      summary: `An expired token was taken over by ${winners.length} callers (${winners.map(whoOf).join('; ')}); ${stored?.body ?? 'nothing'} is stored.`,
      expected: 'exactly one caller takes it over, and its record is the one stored',
      actual: `${winners.length} callers, stored: ${stored?.body ?? 'nothing'}`,
      marked: winners,
    };
  },
});

/** What actor number `actor` stores: nothing of it is as in the expired record, or in another actor's. */
function recordOf(
  actor: number,
): Required<Pick<NewIdempotencyRecord, 'body' | 'fingerprint' | 'status' | 'expiresAt'>> {
  return {
    body: `"by actor ${actor + 1}"`,
    fingerprint: `${actor}`.repeat(64),
    status: 201 + actor,
    expiresAt: FUTURE,
  };
}

/** What is left of the expired record in the one that took its place. */
function leftover(run: TrialRun<Case>, winner: StepRecord, stored: IdempotencyRecord): Failure | undefined {
  const { createdAt, token: _token, ...rest } = stored;
  const difference = firstDifference(recordOf(winner.actor), rest);
  if (difference === undefined && compareTimestamps(createdAt, PAST) > 0) return undefined;
  const { path, expected, actual } = difference ?? {
    path: 'createdAt',
    expected: 'the time of the takeover',
    actual: createdAt,
  };
  return {
    summary: `${whoOf(winner)} took an expired token over, and its record is stored with another ${path}.`,
    expected: literal(expected),
    actual: literal(actual),
    marked: [winner, ...run.finale],
  };
}
