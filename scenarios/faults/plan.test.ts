import { describe, expect, it } from 'vitest';
import { FAULTS, faultOf } from './catalog.ts';
import { isAtCommit, planStrikes, type StrikePlan } from './plan.ts';

function plan(changes: Partial<StrikePlan> = {}): ReturnType<typeof planStrikes> {
  return planStrikes({
    seed: 7,
    faults: ['kill-holder', 'cut-connection'],
    strikes: 4,
    services: 3,
    knowsCommits: true,
    ...changes,
  });
}

describe('a plan of strikes', () => {
  it('is the same for the same seed, and another one for another', () => {
    expect(plan()).toEqual(plan());
    expect(plan({ seed: 8 })).not.toEqual(plan());
  });

  it('goes round the faults, and each through all of its points', () => {
    const strikes = plan();
    expect(strikes.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    for (const name of ['kill-holder', 'cut-connection'] as const) {
      const points = strikes.filter(({ fault }) => fault === name).map(({ point }) => point);
      expect(points.toSorted()).toEqual(faultOf(name).points.toSorted());
    }
  });

  it('strikes at no commit where nobody knows one', () => {
    expect(plan({ strikes: 40, knowsCommits: false }).some(({ point }) => isAtCommit(point))).toBe(false);
  });

  it('names services and points that there are', () => {
    const names = FAULTS.map(({ name }) => name);
    for (const { fault, point, service, after } of plan({ faults: names, strikes: 20 })) {
      expect(faultOf(fault).points).toContain(point);
      expect([1, 2, 3]).toContain(service);
      expect(after).toBeGreaterThan(0);
    }
  });
});
