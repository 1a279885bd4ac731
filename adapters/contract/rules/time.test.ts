import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addMs,
  compareTimestamps,
  fromMicros,
  isTimestamp,
  RisingClock,
  timestampOf,
  toMicros,
} from '../index.ts';

const micros = fc.bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n });

describe('timestamps', () => {
  test('carry every microsecond from year 1 to year 9999', () => {
    fc.assert(
      fc.property(micros, (value) => {
        const timestamp = fromMicros(value);
        expect(isTimestamp(timestamp)).toBe(true);
        expect(toMicros(timestamp)).toBe(value);
      }),
    );
  });

  test.each(['2026-01-31T08:15:00.123Z', '2026-01-31T08:15:00.123456Z', '2024-02-29T23:59:59.99999Z'])(
    '%s is one',
    (text) => {
      expect(isTimestamp(text)).toBe(true);
    },
  );

  test.each([
    '2026-01-31T08:15:00Z',
    '2026-01-31T08:15:00.12Z',
    '2026-01-31T08:15:00.1234567Z',
    '2026-01-31T08:15:00.123+00:00',
    '2026-01-31 08:15:00.123Z',
    '2026-01-31T08:15:00.123z',
    '2026-02-29T08:15:00.123Z',
    '2026-13-01T08:15:00.123Z',
    '2026-01-31T24:00:00.000Z',
    '2026-01-31T08:15:60.123Z',
    '0000-01-01T00:00:00.000Z',
    '+012026-01-31T08:15:00.123Z',
    ' 2026-01-31T08:15:00.123Z',
    '2026-01-31T08:15:00.123Z\n',
    '',
    null,
    1_700_000_000_000,
  ])('%j is none', (text) => {
    expect(isTimestamp(text)).toBe(false);
  });

  test('toMicros refuses what is none', () => {
    expect(() => toMicros('2026-02-30T00:00:00.000Z')).toThrow(RangeError);
    expect(() => toMicros('yesterday')).toThrow(RangeError);
  });

  test('fromMicros refuses what no timestamp can name', () => {
    expect(() => fromMicros(253_402_300_800_000_000n)).toThrow(RangeError);
    expect(() => fromMicros(-62_135_596_800_000_001n)).toThrow(RangeError);
  });

  test('are compared as moments, whatever their digits', () => {
    fc.assert(
      fc.property(micros, micros, (a, b) => {
        expect(compareTimestamps(fromMicros(a), fromMicros(b))).toBe(a < b ? -1 : a > b ? 1 : 0);
      }),
    );
    expect(compareTimestamps('2026-01-31T08:15:00.123Z', '2026-01-31T08:15:00.123000Z')).toBe(0);
    expect(compareTimestamps('2026-01-31T08:15:00.123Z', '2026-01-31T08:15:00.123001Z')).toBe(-1);
  });

  test('are moved without losing a digit', () => {
    expect(addMs('2026-01-31T23:59:59.999999Z', 1)).toBe('2026-02-01T00:00:00.000999Z');
    expect(addMs('1970-01-01T00:00:00.000Z', -1)).toBe('1969-12-31T23:59:59.999000Z');
  });

  test('come from a clock with its fraction', () => {
    expect(timestampOf(() => 1_700_000_000_123.456)).toBe('2023-11-14T22:13:20.123456Z');
  });
});

test('a rising clock never goes back, and stamps rise', () => {
  const rising = new RisingClock();
  expect(rising.now(() => 2000)).toBe('1970-01-01T00:00:02.000000Z');
  expect(rising.now(() => 1000)).toBe('1970-01-01T00:00:02.000000Z');
  expect(rising.stamp(() => 1000)).toBe('1970-01-01T00:00:02.000001Z');
  expect(rising.stamp(() => 2000)).toBe('1970-01-01T00:00:02.000002Z');
  expect(rising.stamp(() => 3000)).toBe('1970-01-01T00:00:03.000000Z');
});
