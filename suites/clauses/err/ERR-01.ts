import fc from 'fast-check';
import type { StorageErrorCode } from '../../../adapters/contract/index.ts';
import type { Caught } from '../../../scenarios/host/language/history.ts';
import type { Method, Step } from '../../../scenarios/host/language/program.ts';
import { direct, enter, leave } from '../../harness/cases/generate.ts';
import { calls, codeOf, observed } from '../../harness/judging/observe.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type Situation,
  type Subject,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { examplesOf, provocationsIn, type Provocation } from '../../harness/cases/provocations.ts';
import { isRetryable, throughView } from '../../harness/cases/refusals.ts';
import { chunks } from '../../harness/engine/chunks.ts';

interface Provoked {
  /** The name of a provocation. */
  readonly what: string;
  readonly inSection: boolean;
}

type Case = readonly Provoked[];

/**
 * How often each provocation outside of sections is repeated, to distinguish a permanent refusal from a transient
 * failure.
 */
const REPEATS = 3;
/** How many provocations one example makes. */
const PER_EXAMPLE = 24;

/**
 * Provokes failures of every kind on every surface, outside and inside sections. Each error must have a code that the
 * contract allows for this failure.
 */
export const ERR_01: AnyProperty = property<Case>({
  clause: 'ERR-01',
  schedules: 'free',
  inapplicable: (subject) => (names(subject).length > 0 ? undefined : 'the adapter has no store to provoke'),
  arbitrary: (subject) =>
    fc.uniqueArray(fc.record({ what: whats(subject), inSection: fc.boolean() }), {
      selector: ({ what }) => what,
      minLength: 1,
      maxLength: 10,
      size: 'max',
    }),
  examples: (subject) => eachProvocation(subject),
  trial: (input, scope, subject) => {
    const chosen = input.map((one) => ({ ...one, ...provocationOf(one, scope) }));
    const stores = [...new Set(chosen.map(({ store }) => store))];
    const locks = subject.surfaces.includes('locks');
    const ended: Step[] = locks
      ? [
          enter(scope.id('ended')),
          leave,
          { ...(stores[0]?.reads[0] ?? direct('streams.scan', { limit: 1 })), via: 'dead-view' },
        ]
      : [];
    const steps = chosen.flatMap(({ call, inSection }) =>
      inSection && locks
        ? throughView(call, scope.id('lock'), true)
        : Array.from({ length: REPEATS }, () => call),
    );
    return {
      setup: stores.flatMap(({ setup }) => setup),
      actors: [{ instance: 0, steps: [...steps, ...ended] }],
    };
  },
  judge: rawError,
  situations: (subject) => [
    ...kindsOf(subject).map((kind): Situation<Case> => ({
      name: kind,
      occurred: (run) =>
        run.input
          .map((one) => provocationOf(one, run.scope))
          .some((one) => kindOf(one) === kind && wasMade(run, one.call)),
    })),
    ...(subject.surfaces.includes('locks')
      ? [
          {
            name: 'a call through the view of a section that has ended',
            occurred: (run: TrialRun<Case>) => hasDeadCall(run),
          },
        ]
      : []),
  ],
});

/** Names a situation: calls of one method that must fail with the same codes. */
function kindOf({ call, codes }: Pick<Provocation, 'call' | 'codes'>): string {
  return `a call of ${call.method} that is ${codes.join(' or ')}`;
}

function kindsOf({ surfaces }: Subject): string[] {
  return [...new Set(examplesOf({ surfaces }).map(kindOf))];
}

/** Whether the call was answered. Outside of sections it must have been answered every time. */
function wasMade(run: TrialRun<Case>, call: Provocation['call']): boolean {
  const made = calls(run, call.method).filter(
    ({ step, record }) => step.args === call.args && record.section === undefined,
  );
  return made.length >= REPEATS;
}

function hasDeadCall(run: TrialRun<Case>): boolean {
  return observed(run).some(({ step }) => step.do === 'call' && step.via === 'dead-view');
}

/** Each provocation, outside of sections. */
function eachProvocation(subject: Subject): Case[] {
  const all = names(subject).map((what) => ({ what, inSection: false }));
  return chunks(all, PER_EXAMPLE);
}

/**
 * Codes of failures that depend on stored records. They are few compared with invalid inputs, and drivers report them
 * as errors of their own.
 */
const BY_STORAGE: readonly StorageErrorCode[] = ['ALREADY_EXISTS', 'NOT_FOUND', 'CONFLICT'];

function whats(subject: Subject): fc.Arbitrary<string> {
  const any = fc.constantFrom(...names(subject));
  const stored = examplesOf(subject).filter(({ codes }) => codes.some((code) => BY_STORAGE.includes(code)));
  if (stored.length === 0) return any;
  return fc.oneof(
    { weight: 2, arbitrary: any },
    { weight: 1, arbitrary: fc.constantFrom(...stored.map(({ what }) => what)) },
  );
}

function names(subject: Subject): string[] {
  return examplesOf(subject).map(({ what }) => what);
}

function provocationOf({ what }: Provoked, scope: Scope): Provocation {
  return provocationsIn(scope).find((one) => one.what === what) as Provocation;
}

function rawError(run: TrialRun<Case>): Failure | undefined {
  const { input, scope } = run;
  const chosen = input.map((one) => provocationOf(one, scope));
  for (const { step, record } of observed(run)) {
    // The same error appears again at the end of the section.
    if (step.do !== 'call') continue;
    const isDead = step.via === 'dead-view';
    const one = isDead
      ? DEAD
      : chosen.find(({ call }) => call.method === step.method && call.args === step.args);
    if (one === undefined) continue;
    const { outcome } = record;
    if (outcome.status === 'error') {
      const failure = wrongError(one, outcome.error);
      if (failure !== undefined) return { ...failure, marked: [record] };
    } else if (mustFail(one, step.method) && record.section === undefined) {
      return {
        summary: `${one.what} succeeded.`,
        expected: one.codes.join(' or '),
        actual: 'success',
        marked: [record],
      };
    }
  }
  for (const { step, record } of observed(run)) {
    if (step.do !== 'leave' || record.outcome.status !== 'error' || record.outcome.error.code !== undefined)
      continue;
    return {
      ...withoutCode('The end of a section whose write failed', record.outcome.error),
      marked: [record],
    };
  }
  return endlessRetry(run, chosen);
}

/**
 * A refusal that comes every time, while other calls succeed, must not have a code that asks the caller to try again.
 */
function endlessRetry(run: TrialRun<Case>, chosen: readonly Provocation[]): Failure | undefined {
  for (const { what, call, codes } of chosen) {
    const records = calls(run, call.method)
      .filter(({ step, record }) => step.args === call.args && record.section === undefined)
      .map(({ record }) => record);
    const [first] = records;
    if (first?.outcome.status !== 'error' || records.length < REPEATS) continue;
    const { code, message } = first.outcome.error;
    if (!records.every((record) => isRetryable(codeOf(record))) || codes.some((one) => one === code))
      continue;
    return {
      summary: `${what} failed every time with ${code}, which asks the caller to retry forever: ${message}`,
      expected: codes.join(' or '),
      actual: `${code}, ${records.length} of ${records.length} times`,
      marked: records,
    };
  }
  return undefined;
}

/**
 * Whether the call must fail, because its record is missing or exists already. A repeated append may succeed without
 * effect.
 */
function mustFail({ codes }: Pick<Provocation, 'codes'>, method: Method): boolean {
  return (
    codes.includes('NOT_FOUND') || (codes.includes('ALREADY_EXISTS') && /\.(create|insert)$/.test(method))
  );
}

const DEAD: Pick<Provocation, 'what' | 'codes'> = {
  what: 'A call through the view of a section that has ended',
  codes: ['CLOSED'],
};

function wrongError(
  { what, codes }: Pick<Provocation, 'what' | 'codes'>,
  error: Caught,
): Failure | undefined {
  if (error.code === undefined) return withoutCode(what, error);
  if (codes.includes(error.code) || isRetryable(error.code)) return undefined;
  return {
    summary: `${what} failed with ${error.code}, which does not say what was wrong: ${error.message}`,
    expected: codes.join(' or '),
    actual: error.code,
  };
}

function withoutCode(what: string, error: Caught): Failure {
  return {
    summary: `${what} failed with a raw error: ${error.name}: ${error.message}`,
    expected: 'a StorageError with a code of the contract, the raw error as its cause',
    actual: [`${error.name}: ${error.message}`, ...error.causes].join(', caused by '),
    hint: 'errors from below pass through as they are',
  };
}
