/**
 * The clock handed to an instance: the machine's, or one that stands still, moved by `advance` steps. The clock of a
 * process that has one instance moves with it: an adapter may read the time there all the same.
 */
import type { Clock } from '../../../adapters/contract/index.ts';
import { trueNow } from '../../process/index.ts';

export interface ClockOptions {
  /** The clock stands at this time, in milliseconds since 1970. Default: it follows the machine's. */
  readonly fixedMs?: number;
}

export interface InstanceClock {
  readonly now: Clock;
  /** How far it has been moved, in milliseconds. */
  readonly offsetMs: number;
  advance(ms: number): void;
}

/** `moved` is told whenever it was. */
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
