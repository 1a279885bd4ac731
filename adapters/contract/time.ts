/** Times of the seam: ISO-8601, UTC, three to six fractional digits, compared without losing a digit. */
import type { Timestamp } from './records.ts';

const PATTERN = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\.(\d{3,6})Z$/;

/** Whether `text` is a time of the seam that exists in the calendar, from year 1 on: PostgreSQL has no year 0. */
export function isTimestamp(text: unknown): text is Timestamp {
  const match = typeof text === 'string' ? PATTERN.exec(text) : null;
  if (match === null || match[1]?.startsWith('0000') === true) return false;
  const parsed = new Date(`${match[1]}.000Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(match[1] as string);
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

/** The time at `micros` microseconds since 1970, with six digits. Throws RangeError outside the years 1 to 9999. */
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

  /** The time that `clock` shows, or the latest that was shown. */
  now(clock: Clock): Timestamp {
    this.#latest = Math.max(this.#latest, Math.round(clock() * 1000));
    return fromMicros(BigInt(this.#latest));
  }

  /** A time for a new record: later than every earlier one, so that list order is the order of the stamps. */
  stamp(clock: Clock): Timestamp {
    this.#latest += 1;
    return this.now(clock);
  }
}
