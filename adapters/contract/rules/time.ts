/** Times of the seam: ISO-8601 in UTC with three to six fractional digits. Comparison keeps every digit. */
import type { Timestamp } from '../records.ts';

const PATTERN = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3,6}Z$/;

/** Whether `text` is a time of the seam and exists in the calendar. The first year is 1, because PostgreSQL has no year 0. */
export function isTimestamp(text: unknown): text is Timestamp {
  if (typeof text !== 'string' || !PATTERN.test(text)) return false;
  // This runs for every record, so it makes no Date: that would take three times as long.
  const [year, month, day] = [numberAt(text, 0, 4), numberAt(text, 5, 7), numberAt(text, 8, 10)];
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = month === 2 && isLeap ? 29 : (DAYS_OF_MONTH[month - 1] ?? 0);
  const isDay = year >= 1 && day >= 1 && day <= days;
  return (
    isDay && numberAt(text, 11, 13) <= 23 && numberAt(text, 14, 16) <= 59 && numberAt(text, 17, 19) <= 59
  );
}

const DAYS_OF_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** The number that the digits of `text` from `from` to `to` (exclusive) form. */
function numberAt(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at += 1) value = value * 10 + text.charCodeAt(at) - 0x30;
  return value;
}

/**
 * Returns the microseconds since 1970 as a bigint.
 *
 * @throws RangeError if `timestamp` is not a time of the seam.
 */
export function toMicros(timestamp: Timestamp): bigint {
  if (!isTimestamp(timestamp))
    throw new RangeError(
      `Expected a timestamp such as 2026-01-31T08:15:00.123456Z, got ${String(timestamp)}`,
    );
  const point = timestamp.indexOf('.');
  const milliseconds = BigInt(Date.parse(`${timestamp.slice(0, point)}.000Z`));
  return milliseconds * 1000n + BigInt(timestamp.slice(point + 1, -1).padEnd(6, '0'));
}

/** 0001-01-01T00:00:00.000000Z and 9999-12-31T23:59:59.999999Z. */
const FIRST_MICROS = -62_135_596_800_000_000n;
const LAST_MICROS = 253_402_300_799_999_999n;

/**
 * Returns the time at `micros` microseconds since 1970, with six fractional digits.
 *
 * @throws RangeError if it is outside the years 1 to 9999.
 */
export function fromMicros(micros: bigint): Timestamp {
  if (micros < FIRST_MICROS || micros > LAST_MICROS)
    throw new RangeError(`Expected a time in the years 1 to 9999, got ${micros} µs since 1970`);
  const fraction = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const milliseconds = Number((micros - fraction) / 1000n);
  return `${new Date(milliseconds).toISOString().slice(0, 19)}.${fraction.toString().padStart(6, '0')}Z`;
}

/** Compares times by the moment that they name, for `sort`: `…123Z` and `…123000Z` are equal. */
export function compareTimestamps(a: Timestamp, b: Timestamp): number {
  const left = a.slice(0, -1).padEnd(26, '0');
  const right = b.slice(0, -1).padEnd(26, '0');
  return left < right ? -1 : left > right ? 1 : 0;
}

/**
 * Returns `timestamp` moved by `ms`, rounded to whole milliseconds. The fraction of `timestamp` is kept.
 *
 * @throws RangeError if the result is outside the years 1 to 9999.
 */
export function addMs(timestamp: Timestamp, ms: number): Timestamp {
  return fromMicros(toMicros(timestamp) + BigInt(Math.round(ms)) * 1000n);
}

/** The clock of an adapter whose storage has none. It returns milliseconds since 1970, with fractions allowed. */
export type Clock = () => number;

/** Returns the current time of `clock`. */
export function timestampOf(clock: Clock): Timestamp {
  return fromMicros(BigInt(Math.round(clock() * 1000)));
}

/** The time of a store to which instances with different clocks write. It never goes back, even if one of the clocks lags. */
export class RisingClock {
  /** The latest time shown or stamped, in microseconds since 1970. */
  #latest = 0;
  /** The last second that was shown, in seconds since 1970, and its text: most times lie in the same one. */
  #second = NaN;
  #secondText = '';

  /** Returns the current time of `clock`, or the latest time that was returned, whichever is later. */
  now(clock: Clock): Timestamp {
    this.#latest = Math.max(this.#latest, Math.round(clock() * 1000));
    const second = Math.floor(this.#latest / 1e6);
    if (second !== this.#second) {
      this.#secondText = fromMicros(BigInt(second) * 1_000_000n).slice(0, -'000000Z'.length);
      this.#second = second;
    }
    return `${this.#secondText}${String(this.#latest - second * 1e6).padStart(6, '0')}Z`;
  }

  /** Returns a time for a new record. It is later than every earlier stamp, so lists are in the order of the stamps. */
  stamp(clock: Clock): Timestamp {
    this.#latest += 1;
    return this.now(clock);
  }
}
