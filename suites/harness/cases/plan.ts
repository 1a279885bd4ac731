/** Programs of one actor in which every answer is known in advance. */
import type { Caught, StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Step } from '../../../scenarios/host/language/program.ts';
import type { Failure, Scope, Subject, TrialRun } from '../engine/property.ts';

/** A step, and a check of its record and of the record before it. A step without a check must succeed. */
export interface Planned {
  readonly step: Step;
  readonly check?: (record: StepRecord, before: StepRecord | undefined) => Failure | undefined;
}

export function planned(step: Step, check?: Planned['check']): Planned {
  return check === undefined ? { step } : { step, check };
}

export function stepsOf(plan: readonly Planned[]): Step[] {
  return plan.map(({ step }) => step);
}

/** The failure that the first unexpected record shows. `records` are those of the plan's steps. */
export function unplanned(plan: readonly Planned[], records: readonly StepRecord[]): Failure | undefined {
  const inOrder = [...records].sort((a, b) => a.step - b.step);
  for (const [index, record] of inOrder.entries()) {
    const one = plan[record.step];
    if (one === undefined || record.outcome.status === 'skipped') continue;
    const failure = one.check === undefined ? unexpectedError(record) : one.check(record, inOrder[index - 1]);
    if (failure !== undefined) return { marked: [record], ...failure };
  }
  return undefined;
}

/** The symptom of a plain call that failed. It is the same in every clause and contains no ids of the trial. */
export function plainCallFailed(step: Step | undefined, { code, name, message }: Caught): string {
  const what = step?.do === 'call' ? step.method : 'withLock';
  return `${what} fails with ${code ?? name}: ${message.replaceAll(/"[^"]*"|t\d{7}-\S+/g, '…')}`;
}

/** The failure of a call that nothing disturbed. */
export function unexpectedError(record: StepRecord): Failure | undefined {
  if (record.outcome.status !== 'error') return undefined;
  const { error } = record.outcome;
  const text = `${error.code ?? error.name}: ${error.message}`;
  return {
    summary: `A plain call that nothing disturbed failed: ${text}`,
    expected: 'the call succeeds',
    actual: text,
    marked: [record],
  };
}

/** The records of each attempt of a case, for one actor that makes the attempts one after another. */
export function attemptsIn<Case>(
  { input, main, scope, subject }: TrialRun<Case>,
  stepsOf: (input: Case, scope: Scope, subject: Subject) => readonly (readonly Step[])[],
): StepRecord[][] {
  return byGroup(stepsOf(input, scope, subject), main.records);
}

/** The records of each group of steps, for one actor that runs the groups one after another. */
export function byGroup(
  groups: readonly (readonly Step[])[],
  records: readonly StepRecord[],
): StepRecord[][] {
  let from = 0;
  return groups.map(({ length }) => {
    const first = from;
    from += length;
    return records.filter(({ step }) => step >= first && step < first + length);
  });
}
