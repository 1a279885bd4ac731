/** Requests that begin with one token at once, if claims are declared, and how IDEM-02 and IDEM-03 judge them. */
import type { Actor } from '../../../scenarios/host/language/program.ts';
import { direct } from '../../harness/cases/generate.ts';
import { calls, show, whoOf } from '../../harness/judging/observe.ts';
import type { Failure, Scope, Trial, TrialRun } from '../../harness/engine/property.ts';
import { LONG_LEASE_MS } from '../../harness/cases/records.ts';
import { begin, begunBy, bodyOf, finish, oddError } from './executions.ts';

/** The request that each actor sends. Equal numbers mean repetitions of one request. */
export type Requests = readonly number[];

/** Each actor begins, finishes if it was given the claim, and asks again. */
export function beginRace(requests: Requests, scope: Scope): Trial {
  const token = `settle:${scope.asIs('k1')}`;
  return {
    actors: requests.map((request, index): Actor => ({
      instance: index,
      steps: [
        begin(token, LONG_LEASE_MS, fingerprintOf(request)),
        finish(token, index, undefined, fingerprintOf(request)),
        direct('idempotency.begin', token, fingerprintOf(request), LONG_LEASE_MS),
      ],
    })),
  };
}

function fingerprintOf(request: number): string {
  return `${request}f`.repeat(32);
}

/**
 * One actor must be given the claim. A repeated request must be told that it is in progress, or get the record.
 * Another request must be told of the conflict, even while the first one is running.
 */
export function judgeBeginRace(run: TrialRun<unknown>, requests: Requests): Failure | undefined {
  const odd = oddError(run);
  if (odd !== undefined) return odd;
  const begun = calls(run, 'idempotency.begin').map(({ record }) => ({ record, answer: begunBy(record) }));
  const started = begun.filter(({ answer }) => answer?.outcome === 'started').map(({ record }) => record);
  const [first] = started;
  if (first === undefined || started.length > 1) {
    return {
      summary: `${started.length} of ${requests.length} requests with one token were told to execute${first === undefined ? '' : `: ${started.map(whoOf).join('; ')}`}.`,
      expected: 'exactly one starts',
      actual: `${started.length} started`,
      marked: started,
    };
  }
  const finished = calls(run, 'idempotency.finish').find(
    ({ record }) => record.outcome.status === 'ok',
  )?.record;
  for (const { record, answer } of begun) {
    if (record === first || answer === undefined) continue;
    const same = requests[record.actor] === requests[first.actor];
    const mayWait = finished === undefined || record.call < finished.return;
    const mayReplay = finished !== undefined && record.return > finished.call;
    const holds = !same
      ? answer.outcome === 'conflict'
      : (mayWait && answer.outcome === 'inProgress') ||
        (mayReplay && answer.outcome === 'replay' && answer.record.body === bodyOf(first.actor));
    if (holds) continue;
    const expected = same
      ? [...(mayWait ? ['inProgress'] : []), ...(mayReplay ? [`a replay of ${bodyOf(first.actor)}`] : [])]
      : ['conflict'];
    return {
      summary: `${whoOf(record)} ${same ? 'repeated' : 'used the token of'} a request of ${whoOf(first)} ${same ? '' : 'for another one '}and was answered ${show(answer, run.scope)}.`,
      expected: expected.join(', or '),
      actual: show(answer, run.scope),
      marked: [first, record],
    };
  }
  return undefined;
}
