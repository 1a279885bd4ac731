import { describe, expect, it } from 'vitest';
import { correctedOf, curveOf, histogram, percentilesOf } from './latency.ts';

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

  it('are not gained by a correction, which adds values that were not measured', () => {
    const values = of(999);
    values.recordValue(1_000_000);
    const { count, p99, p999 } = correctedOf(values, 1000 * 1000);
    expect(count).toBeGreaterThan(1900);
    expect(p99).toBeGreaterThan(900_000);
    expect(p999).toBeNull();
  });

  it('have a curve that ends where they do, and then at the maximum', () => {
    const curve = curveOf(of(1000));
    expect(curve.at(-2)?.[0]).toBeCloseTo(0.99, 6);
    expect(curve.at(-1)).toEqual([1, 1000]);
    expect(curveOf(of(9))).toEqual([[1, 9]]);
  });
});
