/** Times of the seam: ISO-8601, UTC, three to six fractional digits, compared without losing a digit. */
import type { Timestamp } from './records.ts';

const PATTERN = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3,6}Z$/;

/** Whether `text` is a time of the seam that exists in the calendar, from year 1 on: PostgreSQL has no year 0. */
export function isTimestamp(text: unknown): text is Timestamp {
  if (typeof text !== 'string' || !PATTERN.test(text)) return false;
  // Every record is checked so: no date is made of it, which would take three times as long.
  const [year, month, day] = [numberAt(text, 0, 4), numberAt(text, 5, 7), numberAt(text, 8, 10)];
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = month === 2 && isLeap ? 29 : (DAYS_OF_MONTH[month - 1] ?? 0);
  const isDay = year >= 1 && day >= 1 && day <= days;
  return (
    isDay && numberAt(text, 11, 13) <= 23 && numberAt(text, 14, 16) <= 59 && numberAt(text, 17, 19) <= 59
  );
}

const DAYS_OF_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Of the digits in `text` from `from` to `to`. */
function numberAt(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at += 1) value = value * 10 + text.charCodeAt(at) - 0x30;
  return value;
}

/** Microseconds since 1970 as a bigint; throws RangeError when `timestamp` is none. */
export function toMicros(timestamp: Timestamp): bigint {
  if (!isTimestamp(timestamp)) throw new RangeError(`Not a timestamp: ${String(timestamp)}`);
  const point = timestamp.indexOf('.');
  const milliseconds = BigInt(Date.parse(`${timestamp.slice(0, point)}.000Z`));
  return milliseconds * 1000n + BigInt(timestamp.slice(point + 1, -1).padEnd(6, '0'));
}

/** 0001-01-01T00:00:00.000000Z and 9999-12-31T23:59:59.999999Z. */
const FIRST_MICROS = -62_135_596_800_000_000n;
const LAST_MICROS = 253_402_300_799_999_999n;

/**
 * The time at `micros` microseconds since 1970, with six digits.
 *
 * @throws RangeError outside the years 1 to 9999.
 */
export function fromMicros(micros: bigint): Timestamp {
  if (micros < FIRST_MICROS || micros > LAST_MICROS) throw new RangeError(`No timestamp names ${micros} µs`);
  const fraction = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const milliseconds = Number((micros - fraction) / 1000n);
  return `${new Date(milliseconds).toISOString().slice(0, 19)}.${fraction.toString().padStart(6, '0')}Z`;
}

/** Orders times by the moment they name; `…123Z` and `…123000Z` are equal. */
export function compareTimestamps(a: Timestamp, b: Timestamp): number {
  const left = a.slice(0, -1).padEnd(26, '0');
  const right = b.slice(0, -1).padEnd(26, '0');
  return left < right ? -1 : left > right ? 1 : 0;
}

/** `timestamp` moved by `ms` milliseconds, fraction kept. */
export function addMs(timestamp: Timestamp, ms: number): Timestamp {
  return fromMicros(toMicros(timestamp) + BigInt(Math.round(ms)) * 1000n);
}

/** Where an adapter without a storage clock takes the time from: milliseconds since 1970, fractions allowed. */
export type Clock = () => number;

/** The time that `clock` shows. */
export function timestampOf(clock: Clock): Timestamp {
  return fromMicros(BigInt(Math.round(clock() * 1000)));
}

/** The time of a store that several clocks write to: it never goes back when one of them lags. */
export class RisingClock {
  /** The latest time shown or stamped, in microseconds since 1970. */
  #latest = 0;
  /** The last second that was shown, in seconds since 1970, and its text: most times lie in the same one. */
  #second = NaN;
  #secondText = '';

  /** The time that `clock` shows, or the latest that was shown. */
  now(clock: Clock): Timestamp {
    this.#latest = Math.max(this.#latest, Math.round(clock() * 1000));
    const second = Math.floor(this.#latest / 1e6);
    if (second !== this.#second) {
      this.#secondText = fromMicros(BigInt(second) * 1_000_000n).slice(0, -'000000Z'.length);
      this.#second = second;
    }
    return `${this.#secondText}${String(this.#latest - second * 1e6).padStart(6, '0')}Z`;
  }

  /** A time for a new record: later than every earlier one, so that list order is the order of the stamps. */
  stamp(clock: Clock): Timestamp {
    this.#latest += 1;
    return this.now(clock);
  }
}
