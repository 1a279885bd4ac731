import fc from 'fast-check';
import type { ActivityEvent, NewStream, StreamRecord } from '../../../adapters/contract/index.ts';
import { EFFECT_TYPES } from '../../../adapters/protocol/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Step } from '../../../scenarios/host/language/program.ts';
import { direct, streamOf } from '../../harness/cases/generate.ts';
import { finaleValue, observed, whoOf } from '../../harness/judging/observe.ts';
import { pageIn } from '../../harness/judging/pages.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Situation,
  type Subject,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { answeredRequestsTo, metRequests } from '../../harness/judging/races.ts';
import {
  AMOUNT,
  bodyFor,
  isEffect,
  isOpen,
  SETTLEMENTS as OPERATIONS,
  showsEffect,
  type Settlement as Operation,
} from '../../harness/judging/requests.ts';

interface Request {
  readonly operation: Operation;
  /** Some requests repeat a key. Most have none, so that only the state of the stream prevents a second effect. */
  readonly key?: string;
}

interface Case {
  /** Whether the stream has already ended, so that only the withdrawal is left. */
  readonly ended: boolean;
  readonly actors: readonly (readonly Request[])[];
}

const request: fc.Arbitrary<Request> = fc.record(
  { operation: fc.constantFrom(...OPERATIONS), key: fc.constantFrom('k1', 'k2') },
  { requiredKeys: ['operation'] },
);

/**
 * Several callers at once, held off by the state alone or by keys, and an effect that another effect makes possible.
 */
function examplesFor({ surfaces }: Subject): Case[] {
  const races = OPERATIONS.flatMap((operation): Case[] => {
    const ended = operation === 'withdraw';
    const keyed = (['k1', 'k2', 'k1'] as const).map((key): Request[] => [{ operation, key }]);
    return [
      { ended, actors: keyed.map(() => [{ operation }]) },
      ...(surfaces.includes('idempotency') ? [{ ended, actors: keyed }] : []),
    ];
  });
  const both: Request[] = OPERATIONS.map((operation) => ({ operation }));
  return [...races, { ended: false, actors: [both, both, [{ operation: 'withdraw' }]] }];
}

const SAME_KEY: Situation<unknown> = metRequests(
  'two requests with one key that met, one of which took effect',
  (one, other) => one.key !== undefined && one.key === other.key && one.operation === other.operation,
);
const OTHER_KEY: Situation<unknown> = metRequests(
  'two requests with different keys that met, one of which took effect',
  (one, other) =>
    one.key !== undefined &&
    other.key !== undefined &&
    one.key !== other.key &&
    one.operation === other.operation,
);

/**
 * Several callers request settle and withdraw at once, through the settlement protocol. Each operation must take
 * effect at most once: one answer claims the effect, the activity shows it once, and the stream shows exactly what
 * was answered. If a settlement always needs an amount, each effect counts, and each key may take effect once.
 */
export const STREAM_03: AnyProperty = property<Case>({
  clause: 'STREAM-03',
  // Free, because a request is one step: a coordinator would run it alone.
  schedules: 'free',
  arbitrary: () =>
    fc.record({
      ended: fc.boolean(),
      actors: fc.array(fc.array(request, { minLength: 1, maxLength: 2 }), {
        minLength: 3,
        maxLength: 5,
        size: 'max',
      }),
    }),
  examples: examplesFor,
  trial: ({ ended, actors }, scope, subject) => {
    const { surfaces } = subject;
    const stream = scope.id('s1');
    return {
      setup: [direct('streams.create', initial(stream, ended, subject))],
      actors: actors.map((requests, instance) => ({
        instance,
        steps: requests.map(({ operation, key }): Step => ({
          do: 'request',
          operation,
          stream,
          ...bodyFor(subject),
          ...(key === undefined || !surfaces.includes('idempotency') ? {} : { key: scope.asIs(key) }),
        })),
      })),
      finale: [
        direct('streams.get', stream),
        ...(surfaces.includes('activity') ? [direct('activity.list', { streamId: stream, limit: 100 })] : []),
      ],
    };
  },
  judge: (run) => {
    const { once, revision } = run.subject.settlement;
    if (!once) return keyTookEffectTwice(run) ?? wrongAmounts(run);
    const doubled = OPERATIONS.map((operation) => tookEffectTwice(run, operation)).find(Boolean);
    return doubled ?? (revision ? miscounted(run) : undefined) ?? unseen(run);
  },
  exercised: (run) => OPERATIONS.some((operation) => raced(run, operation)),
  situations: ({ surfaces }) => [
    ...OPERATIONS.map(answeredRequestsTo),
    ...(surfaces.includes('idempotency') ? [SAME_KEY, OTHER_KEY] : []),
  ],
});

/**
 * An ended stream has only the withdrawal left. A stream from which amounts are taken has something for both
 * operations.
 */
function initial(id: string, ended: boolean, { settlement }: Subject): NewStream {
  if (!settlement.once) return streamOf(id, { releasedAmount: '500' });
  return streamOf(id, ended ? { status: 'ended', releasedAmount: '1000' } : {});
}

function requestsOf(run: TrialRun<Case>, operation: Operation): StepRecord[] {
  return observed(run)
    .filter(({ step }) => step.do === 'request' && step.operation === operation)
    .map(({ record }) => record);
}

function raced(run: TrialRun<Case>, operation: Operation): boolean {
  const records = requestsOf(run, operation);
  return records.some((one) =>
    records.some((other) => other.actor !== one.actor && other.call < one.return && one.call < other.return),
  );
}

function eventsOf(run: TrialRun<Case>): ActivityEvent[] {
  return pageIn(finaleValue(run, 1)).items as ActivityEvent[];
}

/** An effect that can happen once has more than one answer, or more than one event. */
function tookEffectTwice(run: TrialRun<Case>, operation: Operation): Failure | undefined {
  const claims = requestsOf(run, operation).filter((record) => isEffect(record, false));
  const events = eventsOf(run).filter(({ type }) => type === EFFECT_TYPES[operation]);
  if (claims.length <= 1 && events.length <= 1) return undefined;
  const who = claims.map((record) => whoOf(record));
  return {
    summary: `Stream s1 was ${operation === 'settle' ? 'settled' : 'withdrawn'} ${Math.max(claims.length, events.length)} times: by ${who.join(' and by ')}.`,
    expected: `one ${operation} takes effect; the others are replays, refusals or change nothing`,
    actual: `${claims.length} answers claim the effect, ${events.length} events record it`,
    marked: claims,
  };
}

/** The revision must count exactly the effects that were answered. */
function miscounted(run: TrialRun<Case>): Failure | undefined {
  const requests = OPERATIONS.flatMap((operation) => requestsOf(run, operation));
  const effects = requests.filter((record) => isEffect(record, false));
  const most = effects.length + requests.filter(isOpen).length;
  const stream = finaleValue(run, 0) as StreamRecord | undefined;
  const revision = stream?.revision ?? -1;
  if (revision >= effects.length && revision <= most) return undefined;
  return {
    summary: `${effects.length} effects were answered, and stream s1 is at revision ${stream?.revision} and ${stream?.status}.`,
    expected: `revision ${effects.length}`,
    actual: `revision ${stream?.revision}`,
    marked: effects,
  };
}

/** The stream must show the answered effects. Without one, it must be unchanged. */
function unseen(run: TrialRun<Case>): Failure | undefined {
  const before = initial('', run.input.ended, run.subject);
  const stream = finaleValue(run, 0) as StreamRecord | undefined;
  const claims = OPERATIONS.map((operation) => requestsOf(run, operation).filter(claimsEffect));
  const lost = OPERATIONS.findIndex(
    (operation, index) => claims[index]?.length !== 0 && !showsEffect(operation, before, stream),
  );
  if (lost >= 0)
    return {
      summary: `A ${OPERATIONS[lost]} was answered with its effect, and stream s1 does not show it.`,
      expected: `a status other than ${before.status}, or another amount`,
      actual: stateOf(stream),
      marked: claims[lost] ?? [],
    };
  const requests = OPERATIONS.flatMap((operation) => requestsOf(run, operation));
  if (claims.some(({ length }) => length > 0) || requests.some(isOpen)) return undefined;
  if (OPERATIONS.every((operation) => !showsEffect(operation, before, stream))) return undefined;
  return {
    summary: 'No request was answered with an effect, and stream s1 has changed.',
    expected: stateOf(before),
    actual: stateOf(stream),
    marked: requests,
  };
}

function claimsEffect(record: StepRecord): boolean {
  return isEffect(record, false) || isEffect(record, true);
}

function stateOf(stream: NewStream | undefined): string {
  if (stream === undefined) return 'no stream';
  const { status, releasedAmount, withdrawnAmount } = stream;
  return `${status}, released ${releasedAmount}, withdrawn ${withdrawnAmount}`;
}

/** For settlements that always need an amount: a key took effect twice. */
function keyTookEffectTwice(run: TrialRun<Case>): Failure | undefined {
  const byKey = new Map<string, StepRecord>();
  for (const { step, record } of observed(run)) {
    if (step.do !== 'request' || step.key === undefined || !isEffect(record, false)) continue;
    const name = `${step.operation} with key ${run.scope.name(step.key)}`;
    const earlier = byKey.get(name);
    byKey.set(name, record);
    if (earlier === undefined) continue;
    return {
      summary: `A ${name} took effect twice: by ${whoOf(earlier)} and by ${whoOf(record)}.`,
      expected: 'one effect; the other answer is a replay',
      actual: 'two answers claim the effect',
      marked: [earlier, record],
    };
  }
  return undefined;
}

/** For settlements that always need an amount: the moved amounts must be the answered ones. */
function wrongAmounts(run: TrialRun<Case>): Failure | undefined {
  const before = initial('', run.input.ended, run.subject);
  const stream = finaleValue(run, 0) as StreamRecord | undefined;
  for (const operation of OPERATIONS) {
    const field = operation === 'settle' ? 'releasedAmount' : 'withdrawnAmount';
    const requests = requestsOf(run, operation);
    const effects = requests.filter((record) => isEffect(record, false));
    const sum = (count: number): bigint => BigInt(before[field]) + BigInt(AMOUNT) * BigInt(count);
    const least = sum(effects.length);
    const most = sum(effects.length + requests.filter(isOpen).length);
    const stored = BigInt(stream?.[field] ?? -1);
    if (stored >= least && stored <= most) continue;
    return {
      summary: `${effects.length} effects of ${operation} with amount ${AMOUNT} were answered, and ${field} went from ${before[field]} to ${stream?.[field]}.`,
      expected: `${field} ${least}`,
      actual: `${field} ${stream?.[field]}`,
      marked: effects,
    };
  }
  return undefined;
}
