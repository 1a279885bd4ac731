/** What counts of failures say about the failure rate. */
import type { Tally } from '../../result.ts';

/** The two-sided quantile for 99 %: several contrasts are drawn from one failure, and none of them may hold by luck. */
const Z = 2.576;

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Wilson's score interval for the rate of failures, also where all failed or none: everything, when nothing was run. */
export function intervalOf({ failed, of }: Tally): Interval {
  if (of === 0) return { low: 0, high: 1 };
  const rate = failed / of;
  const scale = 1 + Z ** 2 / of;
  const middle = (rate + Z ** 2 / (2 * of)) / scale;
  const half = (Z / scale) * Math.sqrt((rate * (1 - rate)) / of + Z ** 2 / (4 * of ** 2));
  return { low: middle - half, high: middle + half };
}

/** Whether `more` certainly fails more often than `less`: their intervals do not overlap. */
export function isCertainlyMore(more: Tally, less: Tally): boolean {
  return intervalOf(more).low > intervalOf(less).high;
}

/** How many runs without a failure it takes, at most `most`, to tell them from what fails as often as `tally`. */
export function runsToTell(tally: Tally, least: number, most: number): number {
  if (tally.failed === 0) return least;
  let of = least;
  while (of < most && !isCertainlyMore(tally, { failed: 0, of })) of += 1;
  return of;
}
