/**
 * Converts the times of a history into exact numbers. Nanoseconds since 1970 have more digits than a double can hold,
 * so such times are counted from the first call. Only their order and their distances matter.
 */
import { ExactNumber } from './exactNumber.ts';

/** Times with more than fifteen digits are counted from the first one, because a double cannot hold all of them. */
const PLAIN_LIMIT = 10n ** 15n;

export type ExactTime = number | ExactNumber;

export class Times {
  /** The number that is subtracted from every time. Undefined: no call was read yet. */
  origin: bigint | undefined;

  /** Whether times are used as they are. */
  get arePlain(): boolean {
    return this.origin === undefined || this.origin === 0n;
  }

  /** Decides by the very first call what times are counted from. */
  start(call: ExactTime): void {
    if (this.origin !== undefined) return;
    const time = integerOf(call);
    const isPlain = time === undefined || (time < PLAIN_LIMIT && time > -PLAIN_LIMIT);
    this.origin = isPlain ? 0n : time;
  }

  /** Undefined: the time is too far from the first call to be exact. */
  relative(time: ExactTime): number | undefined {
    if (this.arePlain) return typeof time === 'number' ? time : undefined;
    const exact = integerOf(time);
    if (exact === undefined) return undefined;
    const distance = Number(exact - (this.origin ?? 0n));
    return Number.isSafeInteger(distance) ? distance : undefined;
  }
}

/** Whether `value` is an integer of a reasonable size. */
export function isTime(value: unknown): value is ExactTime {
  return Number.isSafeInteger(value) || (value instanceof ExactNumber && value.integer !== undefined);
}

export function isBefore(a: ExactTime, b: ExactTime): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a < b;
  return (integerOf(a) ?? 0n) < (integerOf(b) ?? 0n);
}

function integerOf(time: ExactTime): bigint | undefined {
  return typeof time === 'number' ? BigInt(time) : time.integer;
}
