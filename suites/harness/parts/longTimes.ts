/** Waits and leases that are longer than 32-bit timers can represent. They must not be over a moment later. */
import fc from 'fast-check';
import type { BeginResult, ClaimedJob } from '../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { CallStep, Step } from '../../../scenarios/host/language/program.ts';
import { direct, enter, hold, leave } from '../cases/generate.ts';
import { calls, codeOf, observed, valueOf, whoOf } from '../judging/observe.ts';
import type { Failure, Situation, Subject, TrialRun } from '../engine/property.ts';
import { FINGERPRINT, jobOf } from '../cases/records.ts';
import { scripted, turn, waits } from '../cases/script.ts';
import { LATER_MS, LONG_TIMES } from '../vocabulary/limits.ts';
import { entriesFor } from '../vocabulary/vocabulary.ts';
import type { Part } from './joined.ts';

interface Case {
  readonly ms: number;
}

function long(what: string): Pick<Part<Case>, 'arbitrary' | 'examples' | 'situations'> {
  const all = (subject: Pick<Subject, 'omitted'>): number[] =>
    entriesFor(LONG_TIMES, subject).map(([, ms]) => ms);
  return {
    arbitrary: (subject) => fc.record({ ms: fc.constantFrom(...all(subject)) }),
    examples: (subject) => all(subject).map((ms) => ({ ms })),
    situations: () =>
      Object.entries(LONG_TIMES.entries).map(([name, ms]): Situation<Case> => ({
        name: `${what} of ${name}`,
        occurred: ({ input, main }) => input.ms === ms && main.records.length > 1,
      })),
  };
}

/** A caller waits for a lock that is held for a moment. */
export const longWait: Part<Case> = {
  ...long('a wait'),
  applies: ({ surfaces, capabilities }) => surfaces.includes('locks') && capabilities.lockTimeout,
  trial: ({ ms }, scope) => ({
    ...scripted([
      turn(0, enter(scope.id('s1'))),
      waits(1, enter(scope.id('s1'), { timeoutMs: ms })),
      turn(0, hold(LATER_MS)),
      turn(0, leave),
      turn(1, leave),
    ]),
    patienceMs: 2_500,
  }),
  judge: (run) => {
    const entered = observed(run).find(({ step, record }) => step.do === 'enter' && record.actor === 1);
    const code = entered === undefined ? undefined : codeOf(entered.record);
    if (entered === undefined || code === undefined || code === 'INVALID_RECORD') return undefined;
    return tooShort(
      `A wait for a lock with timeoutMs ${run.input.ms}`,
      'the lock, once its holder has left',
      {
        record: entered.record,
        came: code,
      },
    );
  },
};

/** An execution is claimed, and another caller begins the same request a moment later. */
export const longClaim: Part<Case> = {
  ...long('a claim'),
  applies: ({ surfaces, capabilities }) => surfaces.includes('idempotency') && capabilities.idempotencyClaims,
  trial: ({ ms }, scope) => {
    const begin = (leaseMs: number): CallStep =>
      direct('idempotency.begin', `settle:${scope.asIs('k1')}`, FINGERPRINT, leaseMs);
    return { actors: [{ instance: 0, steps: laterAgain(begin(ms), begin(1_000)) }] };
  },
  judge: (run) => {
    const [first, second] = calls(run, 'idempotency.begin').map(({ record }) => record);
    if (first === undefined || second === undefined || first.outcome.status === 'error')
      return refused(first, run);
    const answer = valueOf(second) as BeginResult | undefined;
    if (answer?.outcome === 'inProgress') return undefined;
    return tooShort(`A claim with leaseMs ${run.input.ms}`, 'inProgress: the claim lasts', {
      record: second,
      came: answer?.outcome ?? codeOf(second) ?? 'nothing',
    });
  },
};

/** A job is claimed, and another worker asks for one a moment later. */
export const longJobClaim: Part<Case> = {
  ...long('a claim of a job'),
  applies: ({ surfaces, capabilities }) => surfaces.includes('exports') && capabilities.exportClaims,
  trial: ({ ms }, scope) => ({
    setup: [direct('jobs.create', jobOf(scope.id('e1'), scope.id('owner')))],
    actors: [
      {
        instance: 0,
        steps: laterAgain(direct('jobs.claimNext', 'first', ms), direct('jobs.claimNext', 'second', 1_000)),
      },
    ],
    finale: [direct('jobs.delete', scope.id('e1'))],
  }),
  judge: (run) => {
    const [first, second] = calls(run, 'jobs.claimNext').map(({ record }) => record);
    if (first === undefined || second === undefined || first.outcome.status === 'error')
      return refused(first, run);
    const taken = valueOf(second) as ClaimedJob | undefined;
    if (taken?.job.id !== run.scope.id('e1') || valueOf(first) === undefined) return undefined;
    return tooShort(
      `A worker’s claim with leaseMs ${run.input.ms}`,
      'nothing: another worker has claimed the job',
      {
        record: second,
        came: 'the job',
      },
    );
  },
};

function laterAgain(first: CallStep, second: CallStep): Step[] {
  return [first, hold(LATER_MS), second];
}

/** An adapter may refuse a lease as too long. */
function refused(record: StepRecord | undefined, { input }: TrialRun<Case>): Failure | undefined {
  const code = record === undefined ? undefined : codeOf(record);
  if (record === undefined || code === undefined || code === 'INVALID_RECORD') return undefined;
  return {
    summary: `A claim with leaseMs ${input.ms} failed with ${code} (${whoOf(record)}).`,
    expected: 'a claim that lasts as long, or INVALID_RECORD',
    actual: code,
    marked: [record],
  };
}

function tooShort(
  what: string,
  expected: string,
  { record, came }: { readonly record: StepRecord; readonly came: string },
): Failure {
  return {
    summary: `${what} was over after ${LATER_MS} ms (${whoOf(record)}): ${came}.`,
    expected,
    actual: came,
    marked: [record],
  };
}
