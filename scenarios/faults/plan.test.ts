import { describe, expect, it } from 'vitest';
import { FAULTS, faultOf } from './catalog.ts';
import { planStrikes, type StrikePlan } from './plan.ts';
import { isAtCommit } from './points.ts';

function plan(changes: Partial<StrikePlan> = {}): ReturnType<typeof planStrikes> {
  return planStrikes({
    seed: 7,
    faults: ['kill-holder', 'cut-connection'],
    strikes: 4,
    services: 3,
    knowsCommits: true,
    points: undefined,
    ...changes,
  });
}

describe('a plan of strikes', () => {
  it('is the same for the same seed, and another one for another', () => {
    expect(plan()).toEqual(plan());
    expect(plan({ seed: 8 })).not.toEqual(plan());
  });

  it('goes round the faults, and each through all of its points', () => {
    const strikes = plan({ strikes: 6 });
    expect(strikes.map(({ number }) => number)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
    for (const name of ['kill-holder', 'cut-connection'] as const) {
      const points = strikes.filter(({ fault }) => fault === name).map(({ point }) => point);
      expect([...new Set(points)].toSorted()).toEqual(faultOf(name).points.toSorted());
    }
  });

  it('strikes at no commit where nobody knows one', () => {
    expect(plan({ strikes: 40, knowsCommits: false }).some(({ point }) => isAtCommit(point))).toBe(false);
  });

  it('keeps to the points that were chosen, if they can be struck there', () => {
    const points = ['commit', 'commit-answer'] as const;
    const pointsOf = (knowsCommits: boolean): string[] =>
      plan({ points, knowsCommits }).map(({ point }) => point);
    expect(new Set(pointsOf(true))).toEqual(new Set(points));
    expect(pointsOf(false)).toContain('executed');
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
