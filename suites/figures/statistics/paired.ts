/**
 * The ratio of two series of figures that were measured in pairs. The logarithms of the ratios are averaged, so that
 * doubling and halving have the same weight, and their t-interval shows how precisely the ratio is known. It is
 * calibrated for 6 to 24 pairs of whole runs, for which a percentile bootstrap is not: see
 * scripts/bench/calibration.ts.
 */
import { medianOf } from '../../../scenarios/median.ts';
import { meanOf, sdOf } from './moments.ts';
import { tOf95, twoSidedP } from './student.ts';

/** Both values are positive and have the same unit. */
export interface Pair {
  readonly base: number;
  readonly other: number;
}

export interface PairedRatio {
  readonly rounds: number;
  /** `other` divided by `base`: the geometric mean over the rounds. */
  readonly ratio: number;
  /** The 95 % t-interval of `ratio`. Absent with a single round. */
  readonly interval?: Interval;
  /**
   * The Hodges–Lehmann estimate: the median of the means of all pairs of rounds. If it is far from `ratio`, a few
   * rounds are outliers.
   */
  readonly hodgesLehmann: number;
  /** The standard deviation of the logarithms of the ratios. 0 with a single round. */
  readonly sd: number;
  /** The probability of a ratio this far from 1 without a difference. 1 with a single round. */
  readonly p: number;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Rounding alone causes a spread of this order of magnitude, in logarithms. */
const ROUNDING = 1e-12;

/** Throws RangeError if there is no pair, and for figures that are not positive. */
export function pairedRatio(pairs: readonly Pair[]): PairedRatio {
  if (pairs.length === 0) throw new RangeError('Expected at least one pair of figures, got none.');
  const logs = pairs.map(logRatio);
  const rounds = logs.length;
  const mean = meanOf(logs);
  const hodgesLehmann = Math.exp(medianOf(walshMeans(logs)));
  if (rounds === 1) return { rounds, ratio: Math.exp(mean), hodgesLehmann, sd: 0, p: 1 };
  const spread = sdOf(logs);
  const sd = spread < ROUNDING ? 0 : spread;
  const error = sd / Math.sqrt(rounds);
  const half = tOf95(rounds - 1) * error;
  return {
    rounds,
    ratio: Math.exp(mean),
    interval: { low: Math.exp(mean - half), high: Math.exp(mean + half) },
    hodgesLehmann,
    sd,
    p: Math.abs(mean) < ROUNDING ? 1 : twoSidedP(mean / error, rounds - 1),
  };
}

function logRatio({ base, other }: Pair): number {
  if (!(base > 0 && other > 0 && Number.isFinite(base) && Number.isFinite(other)))
    throw new RangeError(`Expected figures above 0, got ${base} and ${other}.`);
  return Math.log(other / base);
}

function walshMeans(values: readonly number[]): number[] {
  return values.flatMap((one, index) => values.slice(index).map((other) => (one + other) / 2));
}
