/**
 * Times of a history as numbers that are exact. Nanoseconds since 1970 have more digits than a double holds, so times
 * of such a file are counted from its first call. Only their order and their distances mean anything.
 */
import { ExactNumber } from './exactNumber.ts';

/** Times of more digits than the fifteen that any double holds are counted from the first one. */
const PLAIN_LIMIT = 10n ** 15n;

export type ExactTime = number | ExactNumber;

export class Times {
  /** What is subtracted from every time; undefined: no call was read yet. */
  origin: bigint | undefined;

  /** Whether times are taken as they are. */
  get arePlain(): boolean {
    return this.origin === undefined || this.origin === 0n;
  }

  /** The first call of all decides what times are counted from. */
  start(call: ExactTime): void {
    if (this.origin !== undefined) return;
    const time = integerOf(call);
    const isPlain = time === undefined || (time < PLAIN_LIMIT && time > -PLAIN_LIMIT);
    this.origin = isPlain ? 0n : time;
  }

  /** Undefined: it is too far from the first call to be exact. */
  relative(time: ExactTime): number | undefined {
    if (this.arePlain) return typeof time === 'number' ? time : undefined;
    const exact = integerOf(time);
    if (exact === undefined) return undefined;
    const distance = Number(exact - (this.origin ?? 0n));
    return Number.isSafeInteger(distance) ? distance : undefined;
  }
}

/** Whether it is an integer of a sensible size. */
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
