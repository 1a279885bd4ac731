import fc from 'fast-check';
import type { Actor } from '../../../scenarios/host/program.ts';
import { direct, streamOf } from '../../harness/generate.ts';
import { finaleValue, observed, show } from '../../harness/observe.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type Trial,
  type TrialRun,
} from '../../harness/property.ts';
import { answerOf, isEffect } from '../../harness/requests.ts';
import { beginRace, judgeBeginRace } from './beginRace.ts';

interface Case {
  /** Through `begin` instead of the settlement protocol: where claims are declared. */
  readonly claims: boolean;
  /** One key, several amounts: the amount of each actor's request. */
  readonly amounts: readonly number[];
}

/**
 * Requests with one key and different bodies race. One body takes effect once; the other bodies are refused, with
 * claims also while the first is running.
 */
export const IDEM_03: AnyProperty = property<Case>({
  clause: 'IDEM-03',
  arbitrary: ({ capabilities }) =>
    fc.record({
      claims: capabilities.idempotencyClaims ? fc.boolean() : fc.constant(false),
      amounts: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 3, maxLength: 5 }),
    }),
  trial: ({ claims, amounts }, scope) => (claims ? beginRace(amounts, scope) : settleRace(amounts, scope)),
  judge: (run) => (run.input.claims ? judgeBeginRace(run, run.input.amounts) : judgeSettles(run)),
  exercised: ({ input }) => new Set(input.amounts).size > 1,
});

function settleRace(amounts: readonly number[], scope: Scope): Trial {
  const stream = scope.id('s1');
  return {
    setup: [direct('streams.create', streamOf(stream))],
    actors: amounts.map((amount, instance): Actor => ({
      instance,
      steps: [
        {
          do: 'request',
          operation: 'settle',
          stream,
          key: scope.id('k1'),
          body: { amount: String(amount) },
        },
      ],
    })),
    finale: [direct('streams.get', stream)],
  };
}

function judgeSettles(run: TrialRun<Case>): Failure | undefined {
  const answers = observed(run).map(({ record, step }) => ({
    record,
    amount: step.do === 'request' ? (step.body as { amount: string }).amount : '',
  }));
  const winner = answers.find(({ record }) => isEffect(record, false));
  const wrong = answers.find(({ record, amount }) => {
    const same = amount === winner?.amount;
    return same ? answerOf(record)?.effect !== true : answerOf(record)?.code !== 'CONFLICT';
  });
  const stored = finaleValue(run, 0) as { releasedAmount?: string } | undefined;
  if (wrong === undefined && stored?.releasedAmount === winner?.amount) return undefined;
  return {
    summary: `A key was used with other request bodies, and ${wrong === undefined ? 'more than one took effect' : `the answer was ${show(answerOf(wrong.record), run.scope)}`}.`,
    expected: `the first body (amount ${winner?.amount}) once, its repetitions replayed, every other body CONFLICT`,
    actual: `released ${stored?.releasedAmount}; answers ${answers.map(({ record, amount }) => `${amount}: ${answerOf(record)?.code ?? answerOf(record)?.status}`).join(', ')}`,
    marked: wrong === undefined ? [] : [wrong.record],
  };
}
