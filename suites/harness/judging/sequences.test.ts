import { describe, expect, it } from 'vitest';
import { difference, named, sequence } from './sequences.ts';

describe('difference', () => {
  it('is undefined for equal sequences', () => {
    expect(difference(['a', 'b'], ['a', 'b'])).toBeUndefined();
    expect(difference([], [])).toBeUndefined();
  });

  it.each([
    ['skipped b', ['a', 'b', 'c'], ['a', 'c']],
    ['showed a more than once', ['a', 'b'], ['a', 'a', 'b']],
    ['showed x, which does not belong there', ['a'], ['a', 'x']],
    ['showed b before a', ['a', 'b', 'c'], ['b', 'a', 'c']],
    ['skipped b, showed x, which does not belong there', ['a', 'b'], ['a', 'x']],
  ])('says that it %s', (text, expected, seen) => {
    expect(difference(expected, seen)).toBe(text);
  });
});

it('names few, and counts many', () => {
  expect(named([])).toBe('nothing');
  expect(named(['a'])).toBe('a');
  expect(named(['a', 'b', 'c'])).toBe('a, b and c');
  expect(named(['a', 'b', 'c', 'd', 'e'])).toBe('a, b, c and 2 more');
});

it('cuts long sequences', () => {
  const names = Array.from({ length: 20 }, (_, index) => `e${index}`);
  expect(sequence(names)).toMatch(/^e0 .* … \(20 in all\)$/);
  expect(sequence([])).toBe('nothing');
});
