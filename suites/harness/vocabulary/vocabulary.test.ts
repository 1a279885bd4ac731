import { expect, it } from 'vitest';
import { entriesFor, entryName } from './vocabulary.ts';

const SHAPES = { name: 'section shapes', entries: { plain: 1, nested: 2 } };

it('gives every entry but the one that the subject omits', () => {
  expect(entriesFor(SHAPES, {})).toEqual([
    ['plain', 1],
    ['nested', 2],
  ]);
  expect(entriesFor(SHAPES, { omitted: entryName(SHAPES, 'nested') })).toEqual([['plain', 1]]);
  expect(entriesFor(SHAPES, { omitted: 'other shapes: nested' })).toHaveLength(2);
});
