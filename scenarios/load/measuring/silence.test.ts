import { describe, expect, it } from 'vitest';
import { answeredIn, longestSilence } from './silence.ts';

const MS = 1e6;
const part = { from: 1000 * MS, to: 11_000 * MS };

function every(ms: number, from: number, to: number): number[] {
  return Array.from({ length: Math.round((to - from) / ms) }, (_, index) => (from + index * ms) * MS);
}

describe('the longest time without an answer', () => {
  it('is found with when it began, whichever parts of the evidence the answers are in', () => {
    const returns = [...every(2, 1000, 5000), ...every(3, 8000, 11_000)];
    const silence = longestSilence(part, [answeredIn(part, returns)], part.from);
    expect(silence).toEqual({ ms: 3002, atMs: 3998 });
    const parts = [0, 1, 2].map((third) => returns.filter((_, index) => index % 3 === third).reverse());
    expect(
      longestSilence(
        part,
        parts.map((some) => answeredIn(part, some)),
        part.from,
      ),
    ).toEqual(silence);
  });

  it('may be at the begin or at the end, or all there was', () => {
    const of = (returns: readonly number[]): unknown => longestSilence(part, [answeredIn(part, returns)], 0);
    expect(of(every(1, 3000, 11_000))).toEqual({ ms: 2000, atMs: 1000 });
    expect(of(every(1, 1000, 7000))).toEqual({ ms: 4001, atMs: 6999 });
    expect(of([])).toEqual({ ms: 10_000, atMs: 1000 });
    expect(longestSilence(part, [], 0)).toEqual({ ms: 10_000, atMs: 1000 });
  });

  it('heeds no answer before or after', () => {
    const returns = [0, 500 * MS, ...every(1, 1000, 11_000), 20_000 * MS];
    expect(longestSilence(part, [answeredIn(part, returns)], 0).ms).toBeLessThan(5);
  });
});
