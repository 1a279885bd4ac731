import { describe, expect, it } from 'vitest';
import { CpuReadings } from './cpu.ts';

const S = 1e9;

describe('CPU time over a load', () => {
  it('is that of all processes, by second, and of the part that figures are of', () => {
    const readings = new CpuReadings();
    // One that was busy before the load, and works evenly in it.
    for (const [at, us] of [
      [0, 700],
      [1 * S, 1000],
      [3 * S, 1200],
    ] as const)
      readings.add('a', { at, us });
    // One that came later, in the place of another.
    readings.add('b', { at: 2 * S, us: 50 });
    readings.add('b', { at: 2.5 * S, us: 350 });
    expect(readings.timeOf([1 * S, 3.5 * S], [2 * S, 3 * S])).toEqual({ us: 400, bySecond: [100, 400, 0] });
  });

  it('takes no time back', () => {
    const readings = new CpuReadings();
    readings.add('a', { at: 0, us: 100 });
    readings.add('a', { at: 1 * S, us: 20 });
    readings.add('a', { at: 2 * S, us: 300 });
    expect(readings.timeOf([0, 2 * S], [0, 2 * S])).toEqual({ us: 200, bySecond: [100, 100] });
    expect(new CpuReadings().timeOf([0, 1 * S], [0, 1 * S])).toEqual({ us: 0, bySecond: [0] });
  });
});
