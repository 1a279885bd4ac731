import { describe, expect, it } from 'vitest';
import { createRandom } from '../../scenarios/random.ts';
import { changePointsOf } from './statistics/changePoints.ts';
import { historyOf, type RecordedRun } from './history.ts';
import { normal } from './testing/calibrate.ts';

/** CPU time of one run differs by so much from the next on quiet cores, as a logarithm. */
const SPREAD = 0.025;

function noisy(seed: number, levels: readonly number[], spread = SPREAD): number[] {
  const random = createRandom(seed);
  return levels.map((level) => level * Math.exp(spread * normal(random)));
}
const steps = (...parts: readonly (readonly [runs: number, level: number])[]): number[] =>
  parts.flatMap(([runs, level]) => Array.from({ length: runs }, () => level));
const indicesOf = (series: readonly number[]): number[] =>
  changePointsOf(series, 0.05).map(({ index }) => index);

describe('change points', () => {
  it('are none in 100 stationary series of 50 runs', () => {
    const found = Array.from({ length: 100 }, (_, seed) => indicesOf(noisy(seed, steps([50, 100]))));
    expect(found.flat()).toEqual([]);
  });

  it('show 8 % more within 5 runs', () => {
    const after = 5;
    const found = Array.from({ length: 50 }, (_, seed) =>
      indicesOf(noisy(seed, steps([45, 100], [after, 108]))),
    );
    const seen = found.filter((indices) => indices.some((index) => Math.abs(index - 45) <= 1));
    expect(seen.length / found.length).toBeGreaterThanOrEqual(0.9);
  });

  it('are several, in their places, with what changed', () => {
    const points = changePointsOf(noisy(3, steps([40, 100], [30, 120], [60, 90])), 0.05);
    expect(points.map(({ index }) => index)).toEqual([40, 70]);
    expect(points.map(({ ratio }) => Math.round(ratio * 100) / 100)).toEqual([1.2, 0.74]);
  });

  it('are found in windows of a long series, and are the same each time', () => {
    const series = noisy(9, steps([300, 100], [200, 112], [100, 100]));
    expect(indicesOf(series)).toEqual([300, 500]);
    expect(changePointsOf(series, 0.05)).toEqual(changePointsOf(series, 0.05));
  });

  it('are none for a single accident, for what is too small, and for too few values', () => {
    expect(indicesOf(noisy(1, steps([20, 100], [1, 160], [20, 100])))).toEqual([]);
    expect(indicesOf(noisy(1, steps([30, 100], [30, 102]), 0.001))).toEqual([]);
    for (const length of [0, 1, 2, 7]) expect(indicesOf(noisy(1, steps([length, 100])))).toEqual([]);
    expect(indicesOf(steps([20, 100]))).toEqual([]);
  });

  it('are certain where there is no noise at all', () => {
    expect(changePointsOf(steps([6, 100], [6, 110]), 0.05)).toMatchObject([{ index: 6, p: 0 }]);
  });
});

describe('a history', () => {
  const entry = (at: number, more: Partial<RecordedRun>): RecordedRun => ({
    schemaVersion: 1,
    at: new Date(Date.UTC(2026, 0, 1) + at * 3_600_000).toISOString(),
    target: 'postgres',
    lockstepVersion: '0.1.0',
    verdict: 'ok',
    machine: { cpu: 'some', cores: 2 },
    settings: { mix: 'uniform' },
    figures: { 'effects/s': 1000 },
    ...more,
  });
  /** Effects a second, and how long the canary takes. */
  const runs = (effects: readonly number[], canary?: readonly number[]): RecordedRun[] =>
    effects.map((value, at) =>
      entry(at, {
        figures: { 'effects/s': value },
        ...(canary === undefined ? {} : { canary: { 'bare-server': canary[at] as number } }),
      }),
    );
  const slower = steps([20, 1000], [20, 850]);

  it('has a series for each target, machine and settings, whatever the order of their members', () => {
    const other = entry(5, { machine: { cores: 2, cpu: 'some' } });
    const series = historyOf([
      entry(2, {}),
      entry(1, {}),
      other,
      entry(3, { machine: { cpu: 'some', cores: 4 } }),
      entry(4, { settings: { mix: 'zipfian' } }),
    ]);
    expect(series.map(({ runs }) => runs.length)).toEqual([3, 1, 1]);
    expect(series[0]?.runs.map(({ at }) => at)).toEqual([1, 2, 5].map((at) => entry(at, {}).at));
  });

  it('leaves out runs that were not ok', () => {
    const [series] = historyOf([
      entry(1, {}),
      entry(2, { verdict: 'violated', figures: { 'effects/s': 9 } }),
    ]);
    expect(series).toMatchObject({ leftOut: 1, figures: [{ name: 'effects/s', values: [1000] }] });
  });

  it.each([
    ['code', 'the canary did not move', steps([40, 30])],
    ['machine', 'the canary moved with it', steps([20, 30], [20, 34])],
    ['code', 'the canary moved the other way', steps([20, 34], [20, 30])],
    ['unknown', 'there is no canary', undefined],
  ] as const)('says that it was the %s where %s', (cause, _, canary) => {
    const [series] = historyOf(runs(noisy(5, slower), canary && noisy(6, canary)));
    const [effects] = series?.figures ?? [];
    expect(effects?.changes).toMatchObject([{ run: 20, verdict: 'slower', cause }]);
    expect(series?.canaries.length).toBe(canary === undefined ? 0 : 1);
  });

  it('says what is usual since the last change, and whether it drifts', () => {
    const drifting = Array.from({ length: 12 }, (_, run) => 1000 * 1.005 ** run);
    const [effects] = historyOf(runs(noisy(2, drifting, 0.001)))[0]?.figures ?? [];
    expect(effects?.trend?.perRun).toBeCloseTo(1.005, 3);
    expect(effects?.trend?.interval.low).toBeGreaterThan(1);
    const [changed] = historyOf(runs(noisy(5, slower)))[0]?.figures ?? [];
    expect(changed?.level.runs).toBe(20);
    expect(changed?.level.interval?.low).toBeLessThan(850);
    expect(changed?.level.interval?.high).toBeGreaterThan(840);
  });

  it('has gaps where a figure was not measured', () => {
    const figures = [
      { 'effects/s': 10, 'read.p50': 5 },
      { 'effects/s': 11 },
      { 'effects/s': 12, 'read.p50': 0 },
    ];
    const [series] = historyOf(figures.map((one, at) => entry(at, { figures: one })));
    expect(series?.figures.find(({ name }) => name === 'read.p50')?.values).toEqual([5, null, null]);
  });
});
