import { describe, expect, it } from 'vitest';
import { firstDifference, literal } from './same.ts';

describe('firstDifference', () => {
  it.each([
    [
      { a: 1, b: [null] },
      { b: [null], a: 1 },
    ],
    [{ a: undefined }, {}],
    [0, -0],
    [undefined, undefined],
  ])('finds none between %j and %j', (expected, actual) => {
    expect(firstDifference(expected, actual)).toBeUndefined();
  });

  it.each([
    [{ a: null }, {}, 'a'],
    [{}, { a: null }, 'a'],
    [{ a: { b: [1, 2] } }, { a: { b: [1, 3] } }, 'a.b.1'],
    [[], {}, ''],
    ['1', 1, ''],
    [{ constructor: 1 }, {}, 'constructor'],
  ])('finds the one between %j and %j', (expected, actual, path) => {
    expect(firstDifference(expected, actual)?.path).toBe(path);
  });
});

it('shows bytes that look alike differently, and cuts long texts', () => {
  expect(literal('e\u0301')).toBe('"e\\u0301"');
  expect(literal(undefined)).toBe('nothing');
  expect(literal(Number.NaN)).toBe('NaN');
  expect(literal('x'.repeat(500)).length).toBeLessThan(100);
});
