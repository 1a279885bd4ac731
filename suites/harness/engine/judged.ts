/** Judges a trial: first by what no trial may show, whatever its clause, then by what the clause requires. */
import { garbageIn } from '../judging/answers.ts';
import { besideFailure } from '../judging/beside.ts';
import { heldAtOnce } from '../judging/exclusion.ts';
import { idAdvice } from '../cases/idAdvice.ts';
import { describeStep } from '../failing/lanes.ts';
import { firstError } from './lab.ts';
import { DEFAULT_PATIENCE_MS } from './interleaving.ts';
import type { Caught, StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Step } from '../../../scenarios/host/language/program.ts';
import { codeOf, show, whoOf } from '../judging/observe.ts';
import { plainCallFailed } from '../cases/plan.ts';
import type { Failure, Property, Situation, TrialRun } from './property.ts';

export interface TrialJudgement {
  readonly failure: Failure | undefined;
  /** Whether the trial could have broken the clause. */
  readonly exercised: boolean;
  /** The names of the clause's situations that the trial had. */
  readonly situations: readonly string[];
  /** Why the trial says nothing about the clause: its actors found a state other than the one that they need. */
  readonly unchecked?: string;
}

export function judged(definition: Property<unknown>, run: TrialRun<unknown>): TrialJudgement {
  const judgement = judgedAsIs(definition, run);
  const { failure, unchecked } = judgement;
  const advice = failure === undefined && unchecked === undefined ? undefined : idAdvice(run);
  if (advice === undefined) return judgement;
  return {
    ...judgement,
    ...(failure === undefined ? {} : { failure: { ...failure, expected: `${failure.expected}. ${advice}` } }),
    ...(unchecked === undefined ? {} : { unchecked: `${unchecked} (${advice})` }),
  };
}

function judgedAsIs(definition: Property<unknown>, run: TrialRun<unknown>): TrialJudgement {
  const lost = lostProcess(run);
  const unchecked = lost === undefined ? refusedSetup(run) : undefined;
  if (unchecked !== undefined) {
    const beside = besideFailure(run.beside);
    if (beside !== undefined) return { failure: beside, exercised: true, situations: [] };
    return { failure: undefined, exercised: false, situations: [], unchecked };
  }
  const failure = lost ?? failedRead(run) ?? stuckStep(run) ?? otherResult(run);
  if (failure !== undefined) return { failure, exercised: true, situations: [] };
  try {
    return {
      failure: definition.judge(run) ?? exclusionOf(definition, run) ?? besideFailure(run.beside),
      exercised: definition.exercised?.(run) ?? true,
      situations: situationsOf(definition.situations?.(run.subject) ?? [], run),
    };
  } catch (error) {
    // Judges rely on the types of the seam. If a judge throws, the adapter is at fault if any of its answers does not
    // have these types.
    const garbage = garbageIn(run);
    if (garbage === undefined) throw error;
    return { failure: garbage, exercised: true, situations: [] };
  }
}

/** Equal ids in two namespaces are two locks. */
function exclusionOf({ apart = false }: Property<unknown>, run: TrialRun<unknown>): Failure | undefined {
  return apart ? undefined : heldAtOnce(run);
}

function situationsOf(situations: readonly Situation<unknown>[], run: TrialRun<unknown>): string[] {
  return situations.filter((situation) => situation.occurred(run)).map(({ name }) => name);
}

function lostProcess(run: TrialRun<unknown>): Failure | undefined {
  const lost = run.main.lost[0];
  if (lost === undefined) return undefined;
  return {
    summary: `Process ${lost.process} was lost while the program ran (${lost.reason}): ${lost.detail}`,
    expected: 'the adapter leaves its process running and answers with values',
    actual: `${lost.reason}: ${lost.detail}`,
    symptom: `a process of the adapter was lost (${lost.reason}: ${lost.detail})`,
  };
}

/**
 * A failure of the setup, which stores what the actors need. Whether these records can be stored is judged by other
 * clauses, in their actors.
 */
function refusedSetup({ setup, trial, scope, unfinished }: TrialRun<unknown>): string | undefined {
  const refused = firstError(setup.filter((record) => !isMissingScan(trial.setup, record)));
  const what = (step: number | undefined): string => describeStep(trial.setup?.[step ?? -1], scope);
  if (refused?.outcome.status === 'error')
    return `set-up refused with ${errorText(refused.outcome.error)} ("${what(refused.step)}")`;
  return unfinished?.part === 'setup' ? `in the set-up "${what(unfinished.step)}" never returned` : undefined;
}

function failedRead(run: TrialRun<unknown>): Failure | undefined {
  const failed = firstError(
    run.finale.filter((record) => !isMissingScan(run.trial.finale, record) && !isSwallowed(run, record)),
  );
  if (failed?.outcome.status !== 'error') return undefined;
  const text = errorText(failed.outcome.error);
  return {
    summary: `After the actors had ended, a plain call that nothing disturbed failed: ${text}`,
    expected: 'final reads succeed',
    actual: text,
    symptom: plainCallFailed(run.trial.finale?.[failed.step], failed.outcome.error),
    marked: [failed],
  };
}

/** Whether the step ignores its errors. Then the clause judges them. */
function isSwallowed({ trial }: TrialRun<unknown>, record: StepRecord): boolean {
  const step = trial.finale?.[record.step];
  return step?.do === 'call' && step.swallow === true;
}

/** A store without a scan violates CUR-02. No other clause needs a scan. */
function isMissingScan(steps: readonly Step[] = [], record: StepRecord): boolean {
  const step = steps[record.step];
  return step?.do === 'call' && step.method.endsWith('.scan') && codeOf(record) === 'UNSUPPORTED';
}

function otherResult({ main, scope }: TrialRun<unknown>): Failure | undefined {
  for (const record of main.records) {
    const { outcome } = record;
    if (outcome.status !== 'ok' || outcome.instead === undefined) continue;
    const value = show(outcome.value, scope);
    return {
      summary: `withLock (${whoOf(record)}) resolved to ${value}, and its callback had returned ${outcome.instead}.`,
      expected: 'withLock resolves to what its callback returned',
      actual: `${value} instead of ${outcome.instead}`,
      symptom: 'withLock resolves to a different value from the one that its callback returned',
      marked: [record],
    };
  }
  return undefined;
}

function errorText({ code, name, message }: Caught): string {
  return `${code ?? name}: ${message}`;
}

/** A step that never ends. This is always a violation, because every clause is about steps that end. */
function stuckStep({ main, trial, scope, unfinished }: TrialRun<unknown>): Failure | undefined {
  const expected = 'every call settles';
  if (unfinished !== undefined) {
    const what = describeStep(trial.finale?.[unfinished.step], scope);
    return {
      summary: `After the actors had ended, "${what}" never returned, although nothing else was under way.`,
      expected,
      actual: 'the final reads did not end',
      byTime: true,
    };
  }
  const stuck = main.stuck[0];
  if (stuck === undefined) return undefined;
  const step = describeStep(trial.actors[stuck.actor]?.steps[stuck.step], scope);
  const patienceMs = trial.patienceMs ?? DEFAULT_PATIENCE_MS;
  return {
    summary: `"${step}" of actor ${stuck.actor + 1} in process ${stuck.process} never returned.`,
    expected,
    actual: `${main.stuck.length} of them had not after ${patienceMs} ms in which nothing else happened`,
    byTime: true,
  };
}
