/** What is said of many measured times, without what measures them, which takes long to load. */

/** In microseconds. null: not measured, as there are too few values. */
export interface Percentiles {
  readonly count: number;
  /** 0 of no values, like `mean` and `max`. */
  readonly min: number;
  readonly mean: number;
  /** With 20 values or more. */
  readonly p50: number | null;
  /** With 100 or more. */
  readonly p90: number | null;
  /** With 1,000 or more. */
  readonly p99: number | null;
  /** With 10,000 or more. */
  readonly p999: number | null;
  readonly max: number;
}

/** The number of values that must lie above a percentile. With fewer, the percentile depends on chance. */
export const LEAST_ABOVE = 10;
