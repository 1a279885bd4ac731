/** Texts of clause results. */
import type { TrialRun } from '../engine/property.ts';

export { errorText } from '../../../scenarios/errorText.ts';

/** The reason for a clause that was not checked because its storage failed with `failure`. */
export function uncheckable(failure: string): string {
  return `could not be checked: the storage cannot be relied on: ${failure}`;
}

export function runsText(count: number): string {
  return count === 1 ? '1 run' : `${count} runs`;
}

/** The order of a scheduled run, as one text. */
export function orderOf(run: TrialRun<unknown>): string {
  return run.main.order.map((one) => `${one.actor}${one.blocked ? '!' : ''}`).join(',');
}
