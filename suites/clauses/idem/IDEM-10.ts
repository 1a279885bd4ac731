import fc from 'fast-check';
import type { IdempotencyRecord, PutIfAbsentResult } from '../../../adapters/contract/index.ts';
import type { Actor, Step } from '../../../scenarios/host/program.ts';
import { direct } from '../../harness/generate.ts';
import { calls, finaleValue, valueOf } from '../../harness/observe.ts';
import { property, type AnyProperty } from '../../harness/property.ts';
import { FUTURE, PAST, replayOf } from '../../harness/records.ts';

interface Case {
  readonly expired: number;
  /** What the sweepers are given as limit, one sweep after the other. */
  readonly sweepers: readonly (readonly number[])[];
}

/**
 * Sweepers delete expired tokens while another actor takes the same tokens over. A token that was taken over is
 * live again and must stay.
 */
export const IDEM_10: AnyProperty = property<Case>({
  clause: 'IDEM-10',
  arbitrary: () =>
    fc.record({
      expired: fc.integer({ min: 1, max: 3 }),
      sweepers: fc.array(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 2 }), {
        minLength: 2,
        maxLength: 3,
      }),
    }),
  trial: ({ expired, sweepers }, scope) => {
    const tokens = tokensOf(expired, (name) => scope.id(name));
    const live = `settle:${scope.id('live')}`;
    const takeover: Step[] = tokens.map((token) =>
      direct('idempotency.putIfAbsent', replayOf(token, { body: '"new"', expiresAt: FUTURE })),
    );
    return {
      setup: [
        direct('idempotency.insert', replayOf(live, { body: '"live"', expiresAt: FUTURE })),
        ...tokens.map((token) =>
          direct('idempotency.insert', replayOf(token, { body: '"old"', createdAt: PAST, expiresAt: PAST })),
        ),
      ],
      actors: [
        { instance: 0, steps: takeover },
        ...sweepers.map((limits, index): Actor => ({
          instance: index + 1,
          steps: limits.map((limit) => direct('idempotency.deleteExpired', limit)),
        })),
      ],
      finale: [live, ...tokens].map((token) => direct('idempotency.get', token)),
    };
  },
  judge: (run) => {
    const overshot = calls(run, 'idempotency.deleteExpired').find(
      ({ record, step }) => Number(valueOf(record)) > Number(step.args[0]),
    );
    if (overshot !== undefined) {
      return {
        summary: `A sweep deleted ${String(valueOf(overshot.record))} records though at most ${String(overshot.step.args[0])} were allowed.`,
        expected: `at most ${String(overshot.step.args[0])}`,
        actual: String(valueOf(overshot.record)),
        marked: [overshot.record],
      };
    }
    const taken = calls(run, 'idempotency.putIfAbsent');
    const lost = [undefined, ...taken].findIndex((one, index) => {
      const stored = finaleValue(run, index) as IdempotencyRecord | undefined;
      if (one === undefined) return stored?.body !== '"live"';
      const result = valueOf(one.record) as PutIfAbsentResult | undefined;
      return result?.stored === true && stored?.body !== '"new"';
    });
    if (lost === -1) return undefined;
    return {
      summary: `The sweeper deleted a ${lost === 0 ? 'live record' : 'record that had been taken over and was live again'}: the next request with this key would be executed a second time.`,
      expected: 'only what is expired at the moment of deletion is deleted',
      actual: `${run.scope.name(String(run.trial.finale?.[lost]?.do === 'call' ? run.trial.finale[lost].args[0] : ''))} is gone`,
      marked: lost === 0 ? [] : [taken[lost - 1]!.record],
    };
  },
});

function tokensOf(count: number, id: (name: string) => string): string[] {
  return Array.from({ length: count }, (_, index) => `settle:${id(`k${index + 1}`)}`);
}
