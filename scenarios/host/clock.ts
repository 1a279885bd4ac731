/** The clock handed to an instance: the machine's, or one that stands still, moved by `advance` steps. */
import type { Clock } from '../../adapters/contract/index.ts';

export interface ClockOptions {
  /** The clock stands at this time, in milliseconds since 1970. Default: it follows the machine's. */
  readonly fixedMs?: number;
}

export interface InstanceClock {
  readonly now: Clock;
  advance(ms: number): void;
}

export function instanceClock(options: ClockOptions): InstanceClock {
  let offsetMs = 0;
  return {
    now: () => (options.fixedMs ?? Date.now()) + offsetMs,
    advance: (ms) => {
      offsetMs += ms;
    },
  };
}

/** Nanoseconds of the monotonic clock, which all processes of one machine share. */
export function nowNs(): number {
  return Number(process.hrtime.bigint());
}
