import fc from 'fast-check';
import type { IdempotencyRecord, PutIfAbsentResult } from '../../../adapters/contract/index.ts';
import type { Actor } from '../../../scenarios/host/program.ts';
import { direct } from '../../harness/generate.ts';
import { calls, finaleValue, valueOf, whoOf } from '../../harness/observe.ts';
import { property, type AnyProperty } from '../../harness/property.ts';
import { FUTURE, PAST, replayOf } from '../../harness/records.ts';

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
          direct(`idempotency.${method}`, replayOf(token, { body: bodyOf(index), expiresAt: FUTURE })),
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
    if (winners.length === 1 && winner !== undefined && stored?.body === bodyOf(winner.actor))
      return undefined;
    return {
      summary: `An expired token was taken over by ${winners.length} callers (${winners.map(whoOf).join('; ')}); ${stored?.body ?? 'nothing'} is stored.`,
      expected: 'exactly one caller takes it over, and its record is the one stored',
      actual: `${winners.length} takeovers, stored: ${stored?.body ?? 'nothing'}`,
      marked: winners,
    };
  },
});

function bodyOf(actor: number): string {
  return `"by actor ${actor + 1}"`;
}
