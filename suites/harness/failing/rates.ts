/** What counts of failures say about the rate of failures. */
import type { Tally } from '../../result.ts';

/**
 * The two-sided 99 % quantile. It is high because one failure leads to several contrasts, and none of them may succeed
 * by chance.
 */
const Z = 2.576;

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Wilson's score interval for the rate of failures. It also works if all runs or none failed. Without runs it is [0,
 * 1].
 */
export function intervalOf({ failed, of }: Tally): Interval {
  if (of === 0) return { low: 0, high: 1 };
  const rate = failed / of;
  const scale = 1 + Z ** 2 / of;
  const middle = (rate + Z ** 2 / (2 * of)) / scale;
  const half = (Z / scale) * Math.sqrt((rate * (1 - rate)) / of + Z ** 2 / (4 * of ** 2));
  return { low: middle - half, high: middle + half };
}

/** Whether `more` certainly fails more often than `less`, because their intervals do not overlap. */
export function isCertainlyMore(more: Tally, less: Tally): boolean {
  return intervalOf(more).low > intervalOf(less).high;
}

/**
 * How many runs without a failure are needed to distinguish them from a program that fails as often as `tally`. At most
 * `most`.
 */
export function runsToTell(tally: Tally, least: number, most: number): number {
  if (tally.failed === 0) return least;
  let of = least;
  while (of < most && !isCertainlyMore(tally, { failed: 0, of })) of += 1;
  return of;
}
