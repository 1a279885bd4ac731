/** Times of the seam: ISO-8601, UTC, three to six fractional digits, compared without losing a digit. */
import type { Timestamp } from './records.ts';

const PATTERN = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\.(\d{3,6})Z$/;

/** Whether `text` is a time of the seam that exists in the calendar. */
export function isTimestamp(text: unknown): text is Timestamp {
  const match = typeof text === 'string' ? PATTERN.exec(text) : null;
  if (match === null) return false;
  const parsed = new Date(`${match[1]}.000Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(match[1] as string);
}

/** Microseconds since 1970 as a bigint; throws RangeError when `timestamp` is none. */
export function toMicros(timestamp: Timestamp): bigint {
  const match = PATTERN.exec(timestamp);
  if (match === null) throw new RangeError(`Not a timestamp: ${timestamp}`);
  const seconds = BigInt(Date.parse(`${match[1]}.000Z`)) / 1000n;
  return seconds * 1_000_000n + BigInt((match[2] as string).padEnd(6, '0'));
}

/** The time at `micros` microseconds since 1970, with six digits. */
export function fromMicros(micros: bigint): Timestamp {
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
