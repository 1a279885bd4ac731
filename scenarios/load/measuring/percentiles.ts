/** Percentiles as data. The code that computes them is elsewhere, because it takes long to load. */

/** In microseconds. Null: there are too few values. */
export interface Percentiles {
  readonly count: number;
  /** 0 if there are no values, like `mean` and `max`. */
  readonly min: number;
  readonly mean: number;
  /** Given from 20 values on. */
  readonly p50: number | null;
  /** Given from 100 values on. */
  readonly p90: number | null;
  /** Given from 1,000 values on. */
  readonly p99: number | null;
  /** Given from 10,000 values on. */
  readonly p999: number | null;
  readonly max: number;
}

/** The number of values that must lie above a percentile. With fewer, the percentile depends on chance. */
export const MIN_ABOVE = 10;
