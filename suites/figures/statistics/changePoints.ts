/**
 * Finds lasting changes in a series of figures: E-divisive means (Matteson and James, 2014), with a t-test instead of
 * permutations, so that the same series always has the same change points, and with weak points that are found in
 * windows and then joined, as in Hunter (Fleming and others, 2023) and Apache Otava.
 */
import { difference, type Difference } from '../difference.ts';

export interface ChangePoint {
  /** The index in the series of the first value after the change. */
  readonly index: number;
  /** The geometric means of the values since the previous change and until the next one. */
  readonly before: number;
  readonly after: number;
  /** `after` divided by `before`. */
  readonly ratio: number;
  /** The probability of such a large difference without a change, if this were the only place examined. */
  readonly p: number;
}

/** Much stricter than 5 %, because every place of the series is examined again with every new run. */
const MAX_P = 0.0002;
/** The limit for candidates: together with stronger neighbours they may become significant or disappear. */
const MAX_WEAK_P = 10 * MAX_P;
/** Fewer values on one side are an outlier, not a change. */
const MIN_VALUES = 4;
/** A shorter series shows no change. */
export const MIN_SERIES: number = 2 * MIN_VALUES;
/** Values farther back say nothing about a change. */
const WINDOW = 60;

/**
 * For a series of positive values, the oldest first. Deterministic.
 * @param least Smaller changes are ignored: 0.05 for 5 %.
 */
export function changePointsOf(series: readonly number[], least: number): ChangePoint[] {
  const logs = series.map(Math.log);
  const weak = new Set<number>();
  for (let start = 0; start < logs.length; start += WINDOW / 2)
    for (const index of splitsOf(logs.slice(start, start + WINDOW))) weak.add(start + index);
  return joined(
    logs,
    [...weak].toSorted((a, b) => a - b),
    Math.log1p(least),
  );
}

/** Splits a window where its parts differ most, and the parts again, as long as the difference is significant. */
function splitsOf(values: readonly number[]): number[] {
  const between = pairDistances(values);
  const splits: number[] = [];
  for (;;) {
    const [best] = segmentsOf(values.length, splits)
      .map((segment) => bestSplit(between, segment))
      .toSorted((a, b) => b.q - a.q);
    if (best === undefined || !(best.q > 0)) return splits;
    const { from, to, index } = best;
    if (difference(values.slice(from, index), values.slice(index, to)).p > MAX_WEAK_P) return splits;
    splits.push(index);
    splits.sort((a, b) => a - b);
  }
}

interface Segment {
  readonly from: number;
  readonly to: number;
}

function segmentsOf(length: number, splits: readonly number[]): Segment[] {
  const ends = [0, ...splits, length];
  return ends.slice(1).map((to, index) => ({ from: ends[index] as number, to }));
}

/** The sum of the distances between the values of two ranges. */
type Between = (a: Segment, b: Segment) => number;

function pairDistances(values: readonly number[]): Between {
  const size = values.length + 1;
  const sums = new Float64Array(size * size);
  const at = (row: number, column: number): number => sums[row * size + column] as number;
  for (const [row, one] of values.entries())
    for (const [column, other] of values.entries())
      sums[(row + 1) * size + column + 1] =
        Math.abs(one - other) + at(row, column + 1) + at(row + 1, column) - at(row, column);
  return (a, b) => at(a.to, b.to) - at(a.from, b.to) - at(a.to, b.from) + at(a.from, b.from);
}

/**
 * The place at which a part of the window differs most from what follows, by the energy statistic of Matteson and
 * James.
 */
function bestSplit(between: Between, { from, to }: Segment): Segment & { index: number; q: number } {
  let best = { from, to, index: from, q: 0 };
  for (let index = from + MIN_VALUES; index <= to - MIN_VALUES; index += 1)
    for (let end = index + MIN_VALUES; end <= to; end += 1) {
      const q = divergence(between, { from, to: index }, { from: index, to: end });
      if (q > best.q) best = { from, to, index, q };
    }
  return best;
}

function divergence(between: Between, left: Segment, right: Segment): number {
  const [n, m] = [left.to - left.from, right.to - right.from];
  // In the sums within a range, every pair counts twice.
  const across = (2 / (n * m)) * between(left, right);
  const within = between(left, left) / (n * (n - 1)) + between(right, right) / (m * (m - 1));
  return ((n * m) / (n + m)) * (across - within);
}

/**
 * Repeatedly removes the weakest point and tests its neighbours again, until all remaining points are significant and
 * large enough.
 */
function joined(logs: readonly number[], candidates: readonly number[], least: number): ChangePoint[] {
  let splits = [...candidates];
  for (;;) {
    const segments = segmentsOf(logs.length, splits);
    const points = splits.map((index, place) => {
      const [left, right] = [segments[place], segments[place + 1]] as [Segment, Segment];
      const found = difference(logs.slice(left.from, left.to), logs.slice(right.from, right.to));
      return { index, ...found };
    });
    const [weakest] = points.toSorted((a, b) => weakness(b, least) - weakness(a, least));
    if (weakest === undefined || weakness(weakest, least) <= MAX_P)
      return points.map(({ index, before, after, p }) => ({
        index,
        before: Math.exp(before),
        after: Math.exp(after),
        ratio: Math.exp(after - before),
        p,
      }));
    splits = splits.filter((index) => index !== weakest.index);
  }
}

/** The point's p. A point that is too small to count is weaker than any other. */
function weakness({ before, after, p }: Difference, least: number): number {
  const change = Math.abs(after - before);
  return change < least ? 2 - change : p;
}
