import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { rate, time, timeText } from './options.ts';

const parse = time({ most: 86_400 });

describe('a time', () => {
  it.each([
    ['20s', 20],
    ['90m', 5400],
    ['1h', 3600],
    ['250ms', 0.25],
    ['0.7m', 42],
    ['7', 7],
    ['0.001', 0.001],
  ])('%s is %d s', (text, seconds) => expect(parse(text)).toBe(seconds));

  it.each(['', '0', '0s', '-1', '5parsecs', '1e9', '25h', 's', '1 h', '1h30m', 'Infinity', '0x10', '٣'])(
    '"%s" is none, and the message says what is expected',
    (text) => {
      expect(() => parse(text)).toThrow(InvalidArgumentError);
      expect(() => parse(text)).toThrow(
        'Expected a time like 20s, 90m or 1h, or a number of seconds, above 0 and at most 24h.',
      );
    },
  );

  it('may be none, or be minutes, where an option says so', () => {
    expect(time({ most: 10, mayBeNone: true })('0')).toBe(0);
    const minutes = time({ most: 604_800, alone: 'm' });
    expect(['2', '20s', '0.01'].map(minutes)).toEqual([120, 20, 0.6]);
  });

  it('is written as it can be given again', () => {
    expect([5400, 3600, 20, 0.6].map(timeText)).toEqual(['90m', '1h', '20s', '0.6s']);
    expect([5400, 3600, 20, 0.6].map((seconds) => parse(timeText(seconds)))).toEqual([5400, 3600, 20, 0.6]);
  });
});

describe('a rate', () => {
  it('is requests per second', () =>
    expect(['500', '0.5', '1000000', 'auto'].map(rate)).toEqual([500, 0.5, 1_000_000, 'auto']));

  it.each(['', '0', '-1', '1e99', '5parsecs', '2000000', 'Infinity', 'NaN', '10/s', 'fast'])(
    '"%s" is none, and the message says what is expected',
    (text) =>
      expect(() => rate(text)).toThrow('Expected requests per second, a number above 0 and at most 1000000'),
  );
});
