/** What the run records about the measurement itself: which part of a load the figures describe, and what drove it. */

export interface Measured {
  /** The part of the load that figures are of, in ns since the run's start: behind the warm-up, or the best step of `rate: auto`. */
  readonly from: number;
  readonly to: number;
  readonly loop: Loop;
  readonly generator: GeneratorShare;
  readonly cpu: { readonly services: CpuTime; readonly drivers: CpuTime };
}

export type Loop = ClosedLoop | OpenLoop | SteppedLoop;

/**
 * A connection sends when its last request is answered, so a slow answer delays the requests that would have shown
 * it.
 */
export interface ClosedLoop {
  readonly kind: 'closed';
}

/** Requests are sent on a schedule, however long answers take. */
export interface OpenLoop extends Sent {
  readonly kind: 'open';
  readonly ratePerSecond: number;
}

/** A closed loop first, then an open one, faster with each step, until one is not held. */
export interface SteppedLoop {
  readonly kind: 'stepped';
  /** Requests per second that were answered in the closed loop. */
  readonly closedPerSecond: number;
  readonly steps: readonly RateStep[];
  /** The highest rate that held, in requests per second; null: none did. */
  readonly heldPerSecond: number | null;
}

/** Of a schedule. */
export interface Sent {
  /** Requests that were to be sent. */
  readonly due: number;
  /** How many of these were not sent, because every connection was waiting until the end. */
  readonly neverSent: number;
}

export interface RateStep extends Sent {
  readonly ratePerSecond: number;
  /** In ns since the run's start. */
  readonly from: number;
  readonly to: number;
  readonly held: boolean;
}

/** The load generator's own share, so that its limits are not mistaken for the target's. */
export interface GeneratorShare {
  /** Cores that the busiest driver used, of one. */
  readonly cpuShare: number;
  /** Open loop: the longest in milliseconds that a due request with a connection waiting for it was sent late; 0 in a closed one. */
  readonly maxLagMs: number;
  /** Open loop: the share of requests that were sent more than 10 ms late though a connection was waiting for them. */
  readonly lateShare: number;
  /** What made the generator the limit, so that throughput and latency say little about the target. Empty: it was not. */
  readonly limitedBy: readonly ('cpu' | 'lag')[];
}

/** User and system time of all processes of one side, in microseconds. */
export interface CpuTime {
  /** Of the part that figures are of. */
  readonly us: number;
  /** Of each second of the load, from its first request. */
  readonly bySecond: readonly number[];
}
