/**
 * The clock that is passed to an instance: the machine's clock or a fixed one, moved by `advance` steps. If a process
 * has one instance, the clock of the process moves too, because an adapter may read the time there.
 */
import type { Clock } from '../../../adapters/contract/index.ts';
import { trueNow } from '../../process/index.ts';

export interface ClockOptions {
  /** The fixed time of the clock, in milliseconds since 1970. Default: it follows the machine's clock. */
  readonly fixedMs?: number;
}

export interface InstanceClock {
  readonly now: Clock;
  /** How far the clock has been moved, in milliseconds. */
  readonly offsetMs: number;
  advance(ms: number): void;
}

/** `moved` is called after each move. */
export function instanceClock(options: ClockOptions, moved?: () => void): InstanceClock {
  let offsetMs = 0;
  return {
    now: () => (options.fixedMs ?? trueNow()) + offsetMs,
    get offsetMs() {
      return offsetMs;
    },
    advance: (ms) => {
      offsetMs += ms;
      moved?.();
    },
  };
}

/** Nanoseconds of the monotonic clock, which all processes of one machine share. */
export function nowNs(): number {
  return Number(process.hrtime.bigint());
}
