/**
 * The verdict on a ratio over rounds: *faster* or *slower* if the difference is certain and large enough to matter,
 * *equivalent* if it is certainly too small to matter, and *inconclusive* otherwise, which is no finding.
 */
import { roundsToDecide, type Limits } from './enough.ts';
import type { PairedRatio } from './statistics/paired.ts';

export const COMPARISONS = ['faster', 'slower', 'equivalent', 'inconclusive'] as const;
export type ComparisonVerdict = (typeof COMPARISONS)[number];

/** With fewer rounds the intervals are correct, but so wide that only a doubling would be noticed. */
export const MIN_ROUNDS = 6;
/** The probability of any false alarm over all metrics together. */
const ALPHA = 0.05;
/** If the base against itself is less precise than the margin, the margin grows up to this multiple. */
const WIDEST_MARGINS = 2;

export interface Bounds {
  /** The direction of an improvement. */
  readonly better: 'more' | 'less';
  /** A change counts from this part of the base on: 0.05 for 5 %. */
  readonly change: number;
  /** A difference is equivalent if it is certainly at most this part. */
  readonly margin: number;
  /**
   * Set for exact counts, which are the same in every run: no rounds are needed, and a difference of more than `change`
   * is a change.
   */
  readonly isExact?: true;
}

export interface JudgedRatio {
  readonly verdict: ComparisonVerdict;
  /** The reason, in one sentence without a full stop. */
  readonly reason: string;
  /** The part of the base that a change had to exceed: `change`, or the base's difference from itself. */
  readonly threshold: number;
  /**
   * The part of the base below which an equivalence had to stay: `margin`; or, up to twice that, the extent of the
   * base's interval against itself.
   */
  readonly margin: number;
  /**
   * For an inconclusive verdict: the approximate number of rounds that would decide, with the same noise. Null: too
   * many.
   */
  readonly roundsToDecide?: number | null;
}

/**
 * @param itself The base against itself in the same rounds; absent: it ran once a round.
 * @param p The ratio's own, or corrected for several metrics.
 */
export function judgeRatio(
  ratio: PairedRatio,
  itself: PairedRatio | undefined,
  bounds: Bounds,
  p: number = ratio.p,
): JudgedRatio {
  if (bounds.isExact === true) return judgeCount(ratio, bounds);
  const threshold = Math.max(bounds.change, itself === undefined ? 0 : partOf(Math.log(itself.ratio)));
  const noise = itself === undefined ? 0 : farthest(itself);
  const margin = Math.max(bounds.margin, Math.min(WIDEST_MARGINS * bounds.margin, noise));
  const limits = { threshold, margin };
  const { interval } = ratio;
  if (ratio.rounds < MIN_ROUNDS || interval === undefined)
    return {
      ...limits,
      verdict: 'inconclusive',
      reason: `a verdict needs ${MIN_ROUNDS} rounds, and it was measured in ${ratio.rounds}`,
      roundsToDecide: Math.max(MIN_ROUNDS, roundsToDecide(ratio, limits) ?? MIN_ROUNDS),
    };
  if (p <= ALPHA && partOf(Math.log(ratio.ratio)) > threshold) {
    const isMore = ratio.ratio > 1;
    return {
      ...limits,
      verdict: isMore === (bounds.better === 'more') ? 'faster' : 'slower',
      reason: `the interval excludes 1, and the difference exceeds ${percent(threshold)}`,
    };
  }
  if (farthest(ratio) <= margin)
    return { ...limits, verdict: 'equivalent', reason: `the interval lies within ±${percent(margin)}` };
  return {
    ...limits,
    verdict: 'inconclusive',
    reason: undecided(ratio, limits, p),
    roundsToDecide: roundsToDecide(ratio, limits),
  };
}

function judgeCount({ ratio }: PairedRatio, { better, change, margin }: Bounds): JudgedRatio {
  const limits = { threshold: change, margin };
  if (partOf(Math.log(ratio)) <= change)
    return { ...limits, verdict: 'equivalent', reason: 'it is counted, and the same' };
  const isBetter = ratio > 1 === (better === 'more');
  return { ...limits, verdict: isBetter ? 'faster' : 'slower', reason: 'it is counted, and another' };
}

function undecided(ratio: PairedRatio, { threshold, margin }: Limits, p: number): string {
  if (ratio.p <= ALPHA && p > ALPHA)
    return 'the interval excludes 1, but among so many metrics one does so by chance';
  if (p <= ALPHA)
    return `there is a difference, but it is not certain whether it exceeds ${percent(Math.max(threshold, margin))}`;
  return `the interval contains 1, and reaches beyond ±${percent(margin)}`;
}

/** The end of the interval that is farther from 1, as a part. */
function farthest({ ratio, interval }: PairedRatio): number {
  const { low, high } = interval ?? { low: ratio, high: ratio };
  return partOf(Math.max(Math.abs(Math.log(low)), Math.abs(Math.log(high))));
}

/** A logarithm as a part of the base. Doubling and halving are both 1. */
function partOf(log: number): number {
  return Math.expm1(Math.abs(log));
}

/** `5 %`, `0.4 %`. */
function percent(part: number): string {
  const value = part * 100;
  return `${value < 1 ? Math.round(value * 10) / 10 : Math.round(value)} %`;
}
