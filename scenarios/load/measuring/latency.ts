/** Percentiles of measured times. A percentile is given only if enough values lie above it. */
import { build, type Histogram } from 'hdr-histogram-js';
import { MIN_ABOVE, type Percentiles } from './percentiles.ts';

export function histogram(): Histogram {
  return build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 2,
    autoResize: true,
    numberOfSignificantValueDigits: 3,
    bitBucketSize: 32,
  });
}

/** `measured`: how many of the values were measured. Default: all. */
export function percentilesOf(values: Histogram, measured: number = values.totalCount): Percentiles {
  const count = values.totalCount;
  // The upper bound of a bucket may be greater than the largest value in it.
  const at = (percentile: number): number | null =>
    isResolved(measured, 1 - percentile / 100)
      ? Math.min(values.getValueAtPercentile(percentile), values.maxValue)
      : null;
  return {
    count,
    min: count === 0 ? 0 : values.minNonZeroValue,
    mean: count === 0 ? 0 : Math.round(values.mean * 10) / 10,
    p50: at(50),
    p90: at(90),
    p99: at(99),
    p999: at(99.9),
    max: values.maxValue,
  };
}

/**
 * The percentiles as if each connection had sent at its mean interval: see LatencySummary.corrected. `busyUs`: the time
 * that all connections together took for all values, in microseconds.
 */
export function correctedOf(values: Histogram, busyUs: number): Percentiles {
  const interval = Math.round(busyUs / Math.max(1, values.totalCount));
  const corrected = interval < 1 ? values : values.copyCorrectedForCoordinatedOmission(interval);
  // The added values were not measured.
  return percentilesOf(corrected, values.totalCount);
}

function isResolved(count: number, beyond: number): boolean {
  // Rounded, because 1 - 0.999 is slightly more than a thousandth and 1 - 0.99 slightly less than a hundredth.
  return Math.round(count * beyond * 1e6) / 1e6 >= MIN_ABOVE;
}

/**
 * Points with equal distances on the axis of log(1 - quantile): ten per decade, as far as the number of values allows.
 */
const POINTS_PER_DECADE = 10;
const DECADES = 6;

/**
 * Points of the HDR curve: [quantile 0..1, microseconds], increasing. The last one is the maximum. Empty without
 * values.
 */
export function curveOf(values: Histogram): (readonly [number, number])[] {
  if (values.totalCount === 0) return [];
  const points: (readonly [number, number])[] = [];
  for (let step = 0; step <= POINTS_PER_DECADE * DECADES; step += 1) {
    const beyond = 10 ** (-step / POINTS_PER_DECADE);
    if (!isResolved(values.totalCount, beyond)) break;
    const quantile = 1 - beyond;
    points.push([quantile, values.getValueAtPercentile(quantile * 100)]);
  }
  points.push([1, values.maxValue]);
  return points;
}
