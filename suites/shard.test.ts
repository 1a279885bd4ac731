import { describe, expect, it } from 'vitest';
import { membersOf } from './shard.ts';

const ALL = Array.from({ length: 61 }, (_, index) => index);
const isSlow = (one: number): boolean => one % 11 === 3;

describe('shards', () => {
  it.each([1, 2, 3, 4, 7, 61])('of %i hold everything once, evenly, the slow ones spread', (of) => {
    const parts = Array.from({ length: of }, (_, place) => [
      ...membersOf(ALL, isSlow, { index: place + 1, of }),
    ]);
    expect(parts.flat().sort((a, b) => a - b)).toEqual(ALL);
    for (const count of [parts.map((part) => part.length), parts.map((part) => part.filter(isSlow).length)]) {
      expect(Math.max(...count) - Math.min(...count)).toBeLessThanOrEqual(1);
    }
  });
});
