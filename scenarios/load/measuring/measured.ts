/** What the run records about the measurement itself: which part of a load the figures describe, and what drove it. */

export interface Measured {
  /**
   * The beginning of the part that the figures describe, in ns since the run's start: after the warm-up, or the best
   * step of `rate: auto`.
   */
  readonly from: number;
  readonly to: number;
  readonly loop: Loop;
  readonly generator: GeneratorShare;
  readonly cpu: { readonly services: CpuTime; readonly drivers: CpuTime };
}

export type Loop = ClosedLoop | OpenLoop | SteppedLoop;

/**
 * A connection sends when its last request was answered, so a slow answer delays the requests that would have shown the
 * slowness.
 */
export interface ClosedLoop {
  readonly kind: 'closed';
}

/** Requests are sent on a schedule, however long answers take. */
export interface OpenLoop extends Sent {
  readonly kind: 'open';
  readonly ratePerSecond: number;
}

/** First a closed loop, then an open one that gets faster with each step, until a rate does not hold. */
export interface SteppedLoop {
  readonly kind: 'stepped';
  /** The throughput of the closed loop: answered requests per second. */
  readonly closedPerSecond: number;
  readonly steps: readonly RateStep[];
  /** The highest rate that held, in requests per second; null: none did. */
  readonly heldPerSecond: number | null;
}

/** The counts of a schedule. */
export interface Sent {
  /** The number of requests that were due. */
  readonly due: number;
  /** The number of due requests that were not sent, because every connection was waiting until the end. */
  readonly neverSent: number;
}

export interface RateStep extends Sent {
  readonly ratePerSecond: number;
  /** In ns since the run's start. */
  readonly from: number;
  readonly to: number;
  readonly held: boolean;
}

/** What the load generator itself took, so that its limits are not mistaken for the target's. */
export interface GeneratorShare {
  /** The CPU use of the busiest driver: 1 is one core. */
  readonly cpuShare: number;
  /** Open loop: the longest delay of a due request while a connection was free, in milliseconds. 0 in a closed loop. */
  readonly maxLagMs: number;
  /** Open loop: the share of requests that were sent more than 10 ms late although a connection was free. */
  readonly lateShare: number;
  /**
   * How the generator limited the load, so that throughput and latency say little about the target. Empty: it did not.
   */
  readonly limitedBy: readonly ('cpu' | 'lag')[];
}

/** The user and system time of all processes of one side, in microseconds. */
export interface CpuTime {
  /** The time in the measured part. */
  readonly us: number;
  /** The time in each second of the load, from its first request. */
  readonly bySecond: readonly number[];
}
