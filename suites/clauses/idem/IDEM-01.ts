import fc from 'fast-check';
import type { StreamRecord } from '../../../adapters/contract/index.ts';
import type { Actor } from '../../../scenarios/host/language/program.ts';
import { direct, streamOf } from '../../harness/cases/generate.ts';
import { calls, finaleValue, observed, show, valueOf, whoOf } from '../../harness/judging/observe.ts';
import { locksStreams } from '../../harness/cases/lockedStreams.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Property,
  type Subject,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { answeredRace, answeredRequests } from '../../harness/judging/races.ts';
import { replayOf } from '../../harness/cases/records.ts';
import { AMOUNT, isEffect, showsEffect } from '../../harness/judging/requests.ts';
import { joined } from '../../harness/parts/joined.ts';
import { manyOthers } from '../../harness/parts/manyOthers.ts';
import { EXECUTIONS } from './manyTokens.ts';
import { settleRace } from './settleRace.ts';

/**
 * `store`: putIfAbsent and insert of the store. `request`: the settlement protocol, which looks up the token under
 * the lock.
 */
interface Case {
  readonly through: 'store' | 'request';
  readonly actors: readonly ('putIfAbsent' | 'insert')[];
}

/**
 * Three to five actors use a new token at once. Exactly one of them may execute the request. Another program asks for
 * a running execution again, once after a thousand others have begun.
 */
const RACES: Property<Case> = {
  clause: 'IDEM-01',
  arbitrary: (subject) =>
    fc.record({
      through: fc.constantFrom(...waysOf(subject)),
      actors: fc.array(fc.constantFrom('putIfAbsent', 'insert'), { minLength: 3, maxLength: 5 }),
    }),
  racing: true,
  examples: (subject) =>
    waysOf(subject).map((through) => ({
      through,
      actors: ['putIfAbsent', 'insert', 'putIfAbsent', 'insert'],
    })),
  situations: (subject) => [
    answeredRace('idempotency.putIfAbsent'),
    answeredRace('idempotency.insert'),
    ...(waysOf(subject).includes('request') ? [answeredRequests] : []),
  ],
  trial: ({ through, actors }, scope, { settlement }) => {
    const token = `settle:${scope.asIs('k1')}`;
    if (through === 'store') {
      return {
        actors: actors.map((method, index): Actor => ({
          instance: index,
          steps: [direct(`idempotency.${method}`, replayOf(token, { body: `"by actor ${index + 1}"` }))],
        })),
        finale: [direct('idempotency.get', token)],
      };
    }
    const body = settlement.amounts ? { body: { amount: AMOUNT } } : {};
    const race = settleRace(
      scope,
      actors.map(() => body),
    );
    return { ...race, finale: [direct('streams.get', scope.id('s1'))] };
  },
  judge: (run) => (run.input.through === 'store' ? judgeStore(run) : judgeRequests(run)),
};

export const IDEM_01: AnyProperty = property(joined(RACES, manyOthers(EXECUTIONS)));

function waysOf(subject: Subject): Case['through'][] {
  return locksStreams(subject) ? ['store', 'request'] : ['store'];
}

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
  const stored = finaleValue(run, 0) as Partial<StreamRecord> | undefined;
  const executed = answers.filter(({ record }) => isEffect(record, false));
  const { amounts } = run.subject.settlement;
  const holds = amounts ? stored?.releasedAmount === AMOUNT : showsEffect('settle', streamOf(''), stored);
  if (executed.length === 1 && holds) return undefined;
  const released = `${stored?.releasedAmount} ${amounts ? `of ${AMOUNT} ` : ''}was released`;
  return {
    summary: `${executed.length} of ${answers.length} requests with one idempotency key were executed; ${released}.`,
    expected: `one execution, ${amounts ? `${AMOUNT} released` : 'the stream settled'}, every other request a replay of it`,
    actual: `${executed.length} executions; afterwards ${show(stored, run.scope)}`,
    marked: executed.map(({ record }) => record),
  };
}
