import fc from 'fast-check';
import type { IdempotencyRecord } from '../../../adapters/contract/index.ts';
import type { Actor, Step } from '../../../scenarios/host/language/program.ts';
import { direct, enter, leave, streamOf, swallowed, view } from '../../harness/cases/generate.ts';
import { calls, finaleValue } from '../../harness/judging/observe.ts';
import { locksStreams } from '../../harness/cases/lockedStreams.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type Subject,
  type Trial,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { FUTURE, replayOf } from '../../harness/cases/records.ts';
import { answeredRequests } from '../../harness/judging/races.ts';
import { answerOf, bodyFor, isEffect, SETTLEMENTS, type Settlement } from '../../harness/judging/requests.ts';
import { repeatedSettle } from './settleRace.ts';

const WAYS = ['insert', 'putIfAbsent', 'view'] as const;

type Way = (typeof WAYS)[number];

const WORDS: Readonly<Record<Way, string>> = {
  insert: 'insert',
  putIfAbsent: 'putIfAbsent',
  view: 'an insert through a view',
};

/**
 * One of three kinds of cases: how each actor tries to store a refusal; how many callers settle one stream with one
 * key; or what is requested while the key cannot be looked up.
 */
type Case =
  | { readonly through: 'store'; readonly ways: readonly Way[] }
  | { readonly through: 'request'; readonly callers: number }
  | { readonly through: 'failure'; readonly operation: Settlement };

const SUCCESS = '{"settled":true}';

/**
 * Three kinds of cases. A success is stored, and actors try to store a refusal under its token in every way:
 * repeated, the request must still be answered with the success. Several callers settle a stream with one key, and
 * all but one find it ended: repeated, the request must succeed. A request fails because its key cannot be looked up:
 * repeated, it must be executed.
 */
export const IDEM_14: AnyProperty = property<Case>({
  clause: 'IDEM-14',
  arbitrary: (subject) => {
    const ways = waysOf(subject);
    const store = fc.record({
      through: fc.constant('store' as const),
      ways: fc.array(fc.constantFrom(...ways), { minLength: 1, maxLength: 4 }),
    });
    if (!locksStreams(subject)) return store;
    const request = fc.record({
      through: fc.constant('request' as const),
      callers: fc.integer({ min: 2, max: 4 }),
    });
    const failure = fc.record({
      through: fc.constant('failure' as const),
      operation: fc.constantFrom(...SETTLEMENTS),
    });
    return fc.oneof(
      { weight: 2, arbitrary: store },
      { weight: 1, arbitrary: request },
      { weight: 1, arbitrary: failure },
    );
  },
  racing: true,
  examples: (subject) => [
    { through: 'store', ways: waysOf(subject) },
    ...(locksStreams(subject)
      ? [
          { through: 'request' as const, callers: 3 },
          ...SETTLEMENTS.map((operation) => ({ through: 'failure' as const, operation })),
        ]
      : []),
  ],
  situations: (subject) => [
    ...waysOf(subject).map((way) => ({
      name: `a refusal that came, by ${WORDS[way]}, for a token with a success`,
      occurred: (run: TrialRun<Case>) => triedBy(way, run),
    })),
    ...(locksStreams(subject)
      ? [
          answeredRequests,
          ...SETTLEMENTS.map((operation) => ({
            name: `a request to ${operation} that failed because its key could not be looked up, and was repeated`,
            occurred: (run: TrialRun<Case>) => failedAndRepeated(operation, run),
          })),
        ]
      : []),
  ],
  trial: (input, scope, subject) => {
    switch (input.through) {
      case 'store':
        return storing(input.ways, scope);
      case 'request':
        return repeatedSettle(input.callers, scope, subject);
      case 'failure':
        return failing(input, scope, subject);
      default:
        return input satisfies never;
    }
  },
  judge: (run) => {
    switch (run.input.through) {
      case 'store':
        return overwritten(run);
      case 'request':
        return unrepeatable(run);
      case 'failure':
        return failedForGood(run);
      default:
        return run.input satisfies never;
    }
  },
});

function waysOf({ surfaces }: Subject): Way[] {
  return WAYS.filter((way) => way !== 'view' || surfaces.includes('locks'));
}

function triedBy(way: Way, run: TrialRun<Case>): boolean {
  const { input } = run;
  if (input.through !== 'store') return false;
  const method = `idempotency.${way === 'view' ? 'insert' : way}` as const;
  return calls(run, method).some(({ record }) => input.ways[record.actor] === way);
}

function failedAndRepeated(operation: Settlement, { input, main, finale }: TrialRun<Case>): boolean {
  if (input.through !== 'failure' || input.operation !== operation) return false;
  const [failed] = main.records;
  return failed !== undefined && !isEffect(failed, false) && finale.some((record) => isEffect(record, false));
}

function storing(ways: readonly Way[], scope: Scope): Trial {
  const token = `settle:${scope.asIs('k1')}`;
  const refusal = replayOf(token, { status: 409, body: '{"error":"CONFLICT"}', expiresAt: FUTURE });
  return {
    setup: [direct('idempotency.insert', replayOf(token, { body: SUCCESS, expiresAt: FUTURE }))],
    actors: ways.map((way, instance): Actor => ({
      instance,
      steps: stepsOf(way, refusal, scope.id('s1')),
    })),
    finale: [direct('idempotency.get', token)],
  };
}

function overwritten(run: TrialRun<Case>): Failure | undefined {
  const stored = finaleValue(run, 0) as IdempotencyRecord | undefined;
  if (stored?.body === SUCCESS && stored.status === 200) return undefined;
  return {
    summary: 'A refusal was stored over a success: a client that retries is told that its payment failed.',
    expected: `200 ${SUCCESS}`,
    actual: stored === undefined ? 'no record' : `${stored.status} ${stored.body}`,
    marked: run.finale,
  };
}

/** A repeated request must be answered like the request that made the effect. */
function unrepeatable(run: TrialRun<Case>): Failure | undefined {
  const success = run.main.records.find((record) => isEffect(record, false));
  const [repeated] = run.finale;
  if (success === undefined || repeated === undefined) return undefined;
  const first = answerOf(success);
  const again = answerOf(repeated);
  if (again?.status === first?.status && again?.body === first?.body) return undefined;
  return {
    summary: `A settle succeeded, but when it was repeated with its key the answer was ${again?.status}: a client that retries is told that its payment failed.`,
    expected: `${first?.status} ${first?.body}`,
    actual: `${again?.status} ${again?.body}`,
    marked: [success, repeated],
  };
}

function failing(
  { operation }: Extract<Case, { through: 'failure' }>,
  scope: Scope,
  subject: Subject,
): Trial {
  const stream = scope.id('s1');
  const request = { do: 'request', operation, stream, key: scope.asIs('k1'), ...bodyFor(subject) } as const;
  const fields = operation === 'settle' ? {} : ({ status: 'ended', releasedAmount: '1000' } as const);
  return {
    setup: [direct('streams.create', streamOf(stream, fields))],
    actors: [{ instance: 0, steps: [{ ...request, unreadable: true }] }],
    finale: [request],
  };
}

/** A request whose key could not be looked up must not be executed, and its failure must not be replayed later. */
function failedForGood({ main, finale }: TrialRun<Case>): Failure | undefined {
  const [failed] = main.records;
  const [repeated] = finale;
  if (failed === undefined || repeated === undefined) return undefined;
  if (isEffect(failed, false))
    return {
      summary: 'The key of a request could not be looked up, but the request was executed nevertheless.',
      expected: 'a request whose key cannot be looked up fails',
      actual: `it answered ${answerOf(failed)?.status} and had an effect`,
      marked: [failed],
    };
  if (isEffect(repeated, false)) return undefined;
  const again = answerOf(repeated);
  return {
    summary: `A request failed because its key could not be looked up; repeated, it ${again === undefined ? 'failed' : `answered ${again.status}`} again: the client can never get it done.`,
    expected: 'a request that failed is executed when it is repeated',
    actual: again === undefined ? 'an error' : `${again.status} ${again.body}`,
    marked: [failed, repeated],
  };
}

function stepsOf(way: Way, refusal: unknown, stream: string): Step[] {
  if (way !== 'view') return [direct(`idempotency.${way}`, refusal)];
  return [enter(stream), swallowed(view('idempotency.insert', refusal)), leave];
}
