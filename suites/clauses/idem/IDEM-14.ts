import fc from 'fast-check';
import type { IdempotencyRecord } from '../../../adapters/contract/index.ts';
import type { Actor, Step } from '../../../scenarios/host/program.ts';
import { direct, enter, leave, swallowed, view } from '../../harness/generate.ts';
import { finaleValue } from '../../harness/observe.ts';
import { property, type AnyProperty } from '../../harness/property.ts';
import { FUTURE, replayOf } from '../../harness/records.ts';

const WAYS = ['insert', 'putIfAbsent', 'view'] as const;

/** How each actor tries to store a refusal. */
type Case = readonly (typeof WAYS)[number][];

const SUCCESS = '{"settled":true}';

/** A success is stored; then actors try to store a refusal under its token in every way there is. */
export const IDEM_14: AnyProperty = property<Case>({
  clause: 'IDEM-14',
  arbitrary: ({ surfaces }) =>
    fc.array(fc.constantFrom(...WAYS.filter((way) => way !== 'view' || surfaces.includes('locks'))), {
      minLength: 1,
      maxLength: 4,
    }),
  trial: (ways, scope) => {
    const token = `settle:${scope.id('k1')}`;
    const refusal = replayOf(token, { status: 409, body: '{"error":"CONFLICT"}', expiresAt: FUTURE });
    return {
      setup: [direct('idempotency.insert', replayOf(token, { body: SUCCESS, expiresAt: FUTURE }))],
      actors: ways.map((way, instance): Actor => ({
        instance,
        steps: stepsOf(way, refusal, scope.id('s1')),
      })),
      finale: [direct('idempotency.get', token)],
    };
  },
  judge: (run) => {
    const stored = finaleValue(run, 0) as IdempotencyRecord | undefined;
    if (stored?.body === SUCCESS && stored.status === 200) return undefined;
    return {
      summary: 'A refusal was stored over a success: a client that retries is told that its payment failed.',
      expected: `200 ${SUCCESS}`,
      actual: stored === undefined ? 'no record' : `${stored.status} ${stored.body}`,
      marked: run.finale,
    };
  },
});

function stepsOf(way: Case[number], refusal: unknown, stream: string): Step[] {
  if (way !== 'view') return [direct(`idempotency.${way}`, refusal)];
  return [enter(stream), swallowed(view('idempotency.insert', refusal)), leave];
}
