import { describe, expect, it } from 'vitest';
import { curveOf, histogram, percentilesOf } from './latency.ts';

function of(count: number): ReturnType<typeof histogram> {
  const values = histogram();
  for (let us = 1; us <= count; us += 1) values.recordValue(us);
  return values;
}

describe('percentiles', () => {
  it.each([
    ['p50', 20],
    ['p90', 100],
    ['p99', 1000],
    ['p999', 10_000],
  ] as const)('%s needs %d values, so that ten lie above it', (name, least) => {
    expect(percentilesOf(of(least))[name]).toBeGreaterThan(0);
    expect(percentilesOf(of(least - 1))[name]).toBeNull();
  });

  it('are none of no values', () => {
    const none = { p50: null, p90: null, p99: null, p999: null };
    expect(percentilesOf(of(0))).toEqual({ count: 0, min: 0, mean: 0, ...none, max: 0 });
    expect(curveOf(of(0))).toEqual([]);
  });

  it('have a curve that ends where they do, and then at the maximum', () => {
    const curve = curveOf(of(1000));
    expect(curve.at(-2)?.[0]).toBeCloseTo(0.99, 6);
    expect(curve.at(-1)).toEqual([1, 1000]);
    expect(curveOf(of(9))).toEqual([[1, 9]]);
  });
});
