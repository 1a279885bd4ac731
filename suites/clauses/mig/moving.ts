/** Steps and judgements that clauses of migrations share. */
import type { RepairProgress, Stage } from '../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { CallStep, Side } from '../../../scenarios/host/language/program.ts';
import { direct } from '../../harness/cases/generate.ts';
import { finaleValue, observed, valueOf } from '../../harness/judging/observe.ts';
import { pageIn } from '../../harness/judging/pages.ts';
import type { Failure, TrialRun } from '../../harness/engine/property.ts';
import { firstDifference, literal } from '../../harness/judging/same.ts';

/** A time that is more exact than a Date. */
export const EXACT = '2030-01-01T00:00:00.123456Z';
/** More than any trial stores. */
export const EVERYTHING = 1000;

export const moveTo = (stage: Stage): CallStep => direct('migration.moveTo', stage);
export const backfill = (limit: number): CallStep => direct('migration.backfill', limit);
export const repair: CallStep = direct('migration.repair', EVERYTHING);
export const compare: CallStep = direct('migration.compare', EVERYTHING);

/** The same call on one side, without the migration. */
export function onSide(side: Side, step: CallStep): CallStep {
  return { ...step, via: side };
}

/** Reads something on both sides, for finales. */
export function onBoth(step: CallStep): CallStep[] {
  return [onSide('old', step), onSide('new', step)];
}

/** What the finale's `onBoth(step)` returned, the first one from the step `from` on. */
export function sidesIn(
  { trial, finale }: Pick<TrialRun<unknown>, 'trial' | 'finale'>,
  step: CallStep,
  from: number = 0,
): { readonly old: StepRecord | undefined; readonly new: StepRecord | undefined } {
  const recordOf = (side: Side): StepRecord | undefined => {
    const wanted = JSON.stringify(onSide(side, step));
    return finale.find(
      (record) => record.step >= from && JSON.stringify(trial.finale?.[record.step]) === wanted,
    );
  };
  return { old: recordOf('old'), new: recordOf('new') };
}

/** The run without what the finale read on the new side. It shows the old side, which has the authority. */
export function asOldSide<Case>(run: TrialRun<Case>): TrialRun<Case> {
  const finale = run.finale.filter(({ step }) => {
    const read = run.trial.finale?.[step];
    return read?.do !== 'call' || read.via !== 'new';
  });
  return { ...run, finale };
}

/** The records that a read or a list showed. Undefined: none. */
export function shownBy(record: StepRecord | undefined): unknown {
  const value = valueOf(record);
  if (typeof value !== 'object' || value === null || !('items' in value)) return value;
  const { items } = pageIn(value);
  return items.length === 0 ? undefined : items.length === 1 ? items[0] : items;
}

/** A failure where the sides show different records. `what`: `The stream "a"`. `when`: why they must be equal. */
export function sidesDiffer(
  run: TrialRun<unknown>,
  step: CallStep,
  { what, when, from = 0 }: { readonly what: string; readonly when: string; readonly from?: number },
): Failure | undefined {
  const { old, new: other } = sidesIn(run, step, from);
  if (old === undefined || other === undefined) return undefined;
  const difference = firstDifference(shownBy(old), shownBy(other));
  if (difference === undefined) return undefined;
  const { path, expected, actual } = difference;
  const how =
    shownBy(other) === undefined
      ? 'is not on the new side'
      : shownBy(old) === undefined
        ? 'is on the new side alone'
        : `is another one on the new side (${path})`;
  return {
    summary: `${what} ${how}, ${when}.`,
    expected: `the old side has ${literal(expected)}`,
    actual: `the new side has ${literal(actual)}`,
    marked: [old, other],
  };
}

/** Everybody waits for a new side that answers within so many milliseconds. */
const PROMPT_MS = 20;

/** Whether the new side answered promptly while reads were observed. If it did not, the old side may have answered them. */
export function wasPrompt(run: TrialRun<unknown>): boolean {
  const marks = observed(run).filter(({ step }) => step.do === 'call' && step.via === 'new');
  return marks.every(({ record }) => record.return - record.call <= PROMPT_MS * 1e6);
}

/** The finale's second repair, in its step `at`, must find nothing. `when` completes "nothing is owed when …". */
export function leftOwing(run: TrialRun<unknown>, at: number, when: string): Failure | undefined {
  const last = finaleValue(run, at) as RepairProgress;
  if (last.owed === 0 && last.repaired === 0) return undefined;
  return {
    summary: `After everything that was owed had been repaired, ${last.repaired} writes were repaired again, and ${last.owed} owed a copy.`,
    expected: `nothing is owed when ${when}`,
    actual: JSON.stringify(last),
  };
}
