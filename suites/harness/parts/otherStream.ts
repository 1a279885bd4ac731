/** A key that was used to settle one stream is used, with the same body, to settle another. */
import fc from 'fast-check';
import type { StreamRecord } from '../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Step } from '../../../scenarios/host/language/program.ts';
import { direct, streamOf } from '../cases/generate.ts';
import { finaleValue, observed, show } from '../judging/observe.ts';
import type { Failure, Scope, Subject, TrialRun } from '../engine/property.ts';
import { answerOf, bodyFor, isEffect, saysConflict, showsEffect } from '../judging/requests.ts';
import type { Part } from './joined.ts';

interface Case {
  /** Whether both requests are sent at the same time. Otherwise one after the other. */
  readonly racing: boolean;
}

const STREAMS = ['s1', 's2'] as const;

export const otherStream: Part<Case> = {
  applies: ({ surfaces }) =>
    (['locks', 'streams', 'idempotency'] as const).every((one) => surfaces.includes(one)),
  arbitrary: () => fc.record({ racing: fc.boolean() }),
  examples: () => [{ racing: false }, { racing: true }],
  situations: () =>
    [false, true].map((racing) => ({
      name: `a key used for two streams${racing ? ' at once' : ', one after the other'}`,
      occurred: ({ input, main }) => input.racing === racing && main.records.length > 1,
    })),
  trial: ({ racing }, scope, subject) => {
    const requests = STREAMS.map((stream) => settleBy(scope, stream, subject));
    return {
      setup: STREAMS.map((stream) => direct('streams.create', streamOf(scope.id(stream)))),
      actors: racing
        ? requests.map((step, instance) => ({ instance, steps: [step] }))
        : [{ instance: 0, steps: requests }],
      finale: STREAMS.map((stream) => direct('streams.get', scope.id(stream))),
    };
  },
  judge: (run) => settledTwice(run) ?? claimed(run) ?? noConflict(run),
};

function settleBy(scope: Scope, stream: string, subject: Subject): Step {
  return {
    do: 'request',
    operation: 'settle',
    stream: scope.id(stream),
    key: scope.asIs('k1'),
    ...bodyFor(subject),
  };
}

/** The requests, each with whether its stream finally shows an effect. */
function requestsOf(
  run: TrialRun<Case>,
): { readonly record: StepRecord; readonly stream: string; readonly shows: boolean }[] {
  return observed(run).flatMap(({ step, record }) => {
    if (step.do !== 'request') return [];
    const stream = run.scope.name(step.stream);
    const index = STREAMS.findIndex((one) => one === stream);
    const after = finaleValue(run, index) as Partial<StreamRecord> | undefined;
    return [{ record, stream, shows: showsEffect('settle', streamOf(''), after) }];
  });
}

function settledTwice(run: TrialRun<Case>): Failure | undefined {
  const settled = requestsOf(run).filter(({ shows }) => shows);
  if (settled.length < STREAMS.length) return undefined;
  return {
    summary: 'One key was used for two streams, and settled both.',
    expected: 'one of them is settled; the other request is another one on this key: CONFLICT',
    actual: 'both streams show the effect',
    marked: settled.map(({ record }) => record),
  };
}

/** An answer that reports an effect that its own stream does not show. It is the effect on the other stream. */
function claimed(run: TrialRun<Case>): Failure | undefined {
  const wrong = requestsOf(run).find(({ record, shows }) => answerOf(record)?.effect === true && !shows);
  if (wrong === undefined) return undefined;
  return {
    summary: `A key was used for two streams, and the request to settle ${wrong.stream} was answered with an effect that the stream does not show: ${show(answerOf(wrong.record), run.scope)}.`,
    expected: 'CONFLICT: the key belongs to the request for the other stream',
    actual: answerOf(wrong.record)?.replayed === true ? 'a replay of the other answer' : 'success',
    marked: [wrong.record],
  };
}

/** If the requests are sent one after the other, the second one must be refused. */
function noConflict(run: TrialRun<Case>): Failure | undefined {
  const [first, second] = requestsOf(run);
  if (run.input.racing || first === undefined || second === undefined) return undefined;
  if (!isEffect(first.record, false) || saysConflict(answerOf(second.record))) return undefined;
  return {
    summary: `The key of the request that had settled ${first.stream} was used to settle ${second.stream}, and the answer was ${show(answerOf(second.record), run.scope)}.`,
    expected: 'CONFLICT: the key belongs to another request',
    actual: show(answerOf(second.record), run.scope),
    marked: [first.record, second.record],
  };
}
