import fc from 'fast-check';
import type { Actor } from '../../../scenarios/host/program.ts';
import { direct, streamOf } from '../../harness/generate.ts';
import { calls, finaleValue, observed, show, valueOf, whoOf } from '../../harness/observe.ts';
import { property, type AnyProperty, type Failure, type TrialRun } from '../../harness/property.ts';
import { replayOf } from '../../harness/records.ts';
import { isEffect } from '../../harness/requests.ts';

/**
 * `store`: the store's own putIfAbsent and insert. `request`: the settlement protocol, where the token is looked up
 * under the lock.
 */
interface Case {
  readonly through: 'store' | 'request';
  readonly actors: readonly ('putIfAbsent' | 'insert')[];
}

const AMOUNT = '5';

/** Three to five actors come first with one token at once. Exactly one may execute. */
export const IDEM_01: AnyProperty = property<Case>({
  clause: 'IDEM-01',
  arbitrary: ({ surfaces }) => {
    const protocol = surfaces.includes('locks') && surfaces.includes('streams');
    return fc.record({
      through: protocol ? fc.constantFrom('store', 'request') : fc.constant('store' as const),
      actors: fc.array(fc.constantFrom('putIfAbsent', 'insert'), { minLength: 3, maxLength: 5 }),
    });
  },
  trial: ({ through, actors }, scope) => {
    const stream = scope.id('s1');
    const token = `settle:${scope.id('k1')}`;
    if (through === 'store') {
      return {
        actors: actors.map((method, index): Actor => ({
          instance: index,
          steps: [direct(`idempotency.${method}`, replayOf(token, { body: `"by actor ${index + 1}"` }))],
        })),
        finale: [direct('idempotency.get', token)],
      };
    }
    return {
      setup: [direct('streams.create', streamOf(stream))],
      actors: actors.map((_, instance): Actor => ({
        instance,
        steps: [
          { do: 'request', operation: 'settle', stream, key: scope.id('k1'), body: { amount: AMOUNT } },
        ],
      })),
      finale: [direct('streams.get', stream)],
    };
  },
  judge: (run) => (run.input.through === 'store' ? judgeStore(run) : judgeRequests(run)),
});

function judgeStore(run: TrialRun<Case>): Failure | undefined {
  const winners = [
    ...calls(run, 'idempotency.insert').filter(({ record }) => record.outcome.status === 'ok'),
    ...calls(run, 'idempotency.putIfAbsent').filter(
      ({ record }) => (valueOf(record) as { stored?: boolean } | undefined)?.stored === true,
    ),
  ].map(({ record }) => record);
  if (winners.length === 1) return undefined;
  return {
    summary: `One token was stored for the first time by ${winners.length} callers${winners.length > 1 ? `: ${winners.map(whoOf).join('; ')}` : ''}.`,
    expected: 'exactly one of the concurrent callers stores the record and may execute',
    actual: `${winners.length} of ${run.input.actors.length} callers were told that they stored it`,
    marked: winners,
  };
}

function judgeRequests(run: TrialRun<Case>): Failure | undefined {
  const answers = observed(run).filter(({ step }) => step.do === 'request');
  const stored = finaleValue(run, 0) as { releasedAmount?: string } | undefined;
  const executed = answers.filter(({ record }) => isEffect(record, false));
  if (executed.length === 1 && stored?.releasedAmount === AMOUNT) return undefined;
  return {
    summary: `${executed.length} of ${answers.length} requests with one idempotency key were executed; ${stored?.releasedAmount} of ${AMOUNT} was released.`,
    expected: `one execution, ${AMOUNT} released, every other request a replay of it`,
    actual: `${executed.length} executions; afterwards ${show(stored, run.scope)}`,
    marked: executed.map(({ record }) => record),
  };
}
