import fc from 'fast-check';
import type { ActivityEvent, StreamRecord } from '../../../adapters/contract/index.ts';
import { EFFECT_TYPES } from '../../../adapters/protocol/index.ts';
import type { Step, StepRecord } from '../../../scenarios/host/program.ts';
import { direct, streamOf } from '../../harness/generate.ts';
import { finaleValue, observed, whoOf } from '../../harness/observe.ts';
import { pageIn } from '../../harness/pages.ts';
import { property, type AnyProperty, type Failure, type TrialRun } from '../../harness/property.ts';
import { answerOf, isEffect } from '../../harness/requests.ts';

const OPERATIONS = ['settle', 'withdraw'] as const;
type Operation = (typeof OPERATIONS)[number];

interface Request {
  readonly operation: Operation;
  /** Some requests repeat a key; most have none, so that the state alone holds them off. */
  readonly key?: string;
}

interface Case {
  /** Of an ended stream only the withdrawal is left to be done. */
  readonly ended: boolean;
  readonly actors: readonly (readonly Request[])[];
}

const request: fc.Arbitrary<Request> = fc.record(
  { operation: fc.constantFrom(...OPERATIONS), key: fc.constantFrom('k1', 'k2') },
  { requiredKeys: ['operation'] },
);

/**
 * Settle and withdraw are requested by several callers at once, through the settlement protocol. Each takes effect at
 * most once: one answer claims it, the revision counts it once, the activity shows it once.
 */
export const STREAM_03: AnyProperty = property<Case>({
  clause: 'STREAM-03',
  // A request is one step, so a coordinator would let it run alone.
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
  trial: ({ ended, actors }, scope, { surfaces }) => {
    const stream = scope.id('s1');
    const released = ended ? ({ status: 'ended', releasedAmount: '1000' } as const) : {};
    return {
      setup: [direct('streams.create', streamOf(stream, released))],
      actors: actors.map((requests, instance) => ({
        instance,
        steps: requests.map(({ operation, key }): Step => ({
          do: 'request',
          operation,
          stream,
          ...(key === undefined || !surfaces.includes('idempotency') ? {} : { key: scope.id(key) }),
        })),
      })),
      finale: [
        direct('streams.get', stream),
        ...(surfaces.includes('activity') ? [direct('activity.list', { streamId: stream, limit: 100 })] : []),
      ],
    };
  },
  judge: (run) => OPERATIONS.map((operation) => twice(run, operation)).find(Boolean) ?? miscounted(run),
  exercised: (run) => OPERATIONS.some((operation) => raced(run, operation)),
});

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

/** More than one answer, or more than one event, for an effect that can happen once. */
function twice(run: TrialRun<Case>, operation: Operation): Failure | undefined {
  const claims = requestsOf(run, operation).filter((record) => isEffect(record, false));
  const events = eventsOf(run).filter(({ type }) => type === EFFECT_TYPES[operation]);
  if (claims.length <= 1 && events.length <= 1) return undefined;
  const who = claims.map((record) => `${whoOf(record)} (revision ${answerOf(record)?.revision})`);
  return {
    summary: `Stream s1 was ${operation === 'settle' ? 'settled' : 'withdrawn'} ${Math.max(claims.length, events.length)} times: by ${who.join(' and by ')}.`,
    expected: `one ${operation} takes effect; the others are replays, refusals or change nothing`,
    actual: `${claims.length} answers claim the effect, ${events.length} events record it`,
    marked: claims,
  };
}

/** Answers whose effect nobody can know: an unforeseen error, or a commit whose answer was lost. */
function isOpen(record: StepRecord): boolean {
  return record.outcome.status === 'error' || answerOf(record)?.status === 500;
}

/** The revision must count the effects that were answered, and no others. */
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
