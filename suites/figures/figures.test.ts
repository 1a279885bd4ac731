import { describe, expect, it } from 'vitest';
import { roundsToDecide } from './enough.ts';
import { holm } from './statistics/holm.ts';
import { judgeMetrics, type MeasuredMetric } from './judgeMetrics.ts';
import { pairedRatio, type Pair } from './statistics/paired.ts';
import { tOf95, twoSidedP } from './statistics/student.ts';
import { calibrate, disturbed, normal } from './testing/calibrate.ts';
import { judgeRatio, type Bounds } from './verdict.ts';

const LESS: Bounds = { better: 'less', change: 0.05, margin: 0.05 };
const MORE: Bounds = { ...LESS, better: 'more' };

/** Pairs whose logarithms of the ratio are these. */
const pairs = (...logs: readonly number[]): Pair[] =>
  logs.map((log, index) => ({ base: 10 + index, other: (10 + index) * Math.exp(log) }));
const around = (centre: number, spread: number, rounds = 12): Pair[] =>
  pairs(...Array.from({ length: rounds }, (_, index) => centre + (index % 2 === 0 ? spread : -spread)));

describe("Student's t", () => {
  it.each([
    [1, 12.706],
    [5, 2.571],
    [11, 2.201],
    [23, 2.069],
    [120, 1.98],
  ])('has the quantiles of its tables: %i degrees', (degrees, expected) => {
    expect(tOf95(degrees)).toBeCloseTo(expected, 3);
    expect(twoSidedP(expected, degrees)).toBeCloseTo(0.05, 3);
  });

  it('is certain of what has no noise, and of nothing where there is no difference', () => {
    expect(twoSidedP(Infinity, 11)).toBe(0);
    expect(twoSidedP(0, 11)).toBeCloseTo(1);
  });
});

describe('the ratio of pairs', () => {
  it('is the geometric mean, with a t-interval', () => {
    const { ratio, interval, sd, rounds } = pairedRatio(pairs(0.1, 0.2, 0.3));
    expect(ratio).toBeCloseTo(Math.exp(0.2));
    expect(sd).toBeCloseTo(0.1);
    expect(rounds).toBe(3);
    const half = (4.3027 * 0.1) / Math.sqrt(3);
    expect(interval?.low).toBeCloseTo(Math.exp(0.2 - half), 4);
    expect(interval?.high).toBeCloseTo(Math.exp(0.2 + half), 4);
  });

  it('stands beside Hodges–Lehmann, which one round does not move', () => {
    const { ratio, hodgesLehmann } = pairedRatio(pairs(0, 0, 0, 0, 0, 0, 0, 3));
    expect(ratio).toBeGreaterThan(1.4);
    expect(hodgesLehmann).toBeCloseTo(1);
  });

  it('has no interval in a single round, and no noise where all are the same', () => {
    expect(pairedRatio(pairs(0.1))).not.toHaveProperty('interval');
    expect(pairedRatio(pairs(0.1, 0.1, 0.1))).toMatchObject({ sd: 0, p: 0 });
    expect(pairedRatio(pairs(0, 0, 0))).toMatchObject({ sd: 0, p: 1, interval: { low: 1, high: 1 } });
  });

  it.each([[[]], [[{ base: 0, other: 1 }]], [[{ base: 1, other: Number.NaN }]]])('refuses %j', (given) => {
    expect(() => pairedRatio(given)).toThrow(RangeError);
  });
});

describe('a verdict', () => {
  const verdictOf = (given: readonly Pair[], bounds = LESS, itself = around(0, 0.001)): string =>
    judgeRatio(pairedRatio(given), pairedRatio(itself), bounds).verdict;

  it('says faster and slower by what is better', () => {
    expect(verdictOf(around(0.1, 0.02), LESS)).toBe('slower');
    expect(verdictOf(around(0.1, 0.02), MORE)).toBe('faster');
    expect(verdictOf(around(-0.1, 0.02), LESS)).toBe('faster');
    expect(verdictOf(around(-0.1, 0.02), MORE)).toBe('slower');
  });

  it('calls no certain change one that is too small, and equivalent only what was shown to be', () => {
    expect(verdictOf(around(0.03, 0.01))).toBe('equivalent');
    expect(verdictOf(around(0, 0.02))).toBe('equivalent');
    expect(verdictOf(around(0, 0.2))).toBe('inconclusive');
    expect(verdictOf(around(0.045, 0.02))).toBe('inconclusive');
  });

  it('exceeds what the base differed from itself by', () => {
    expect(verdictOf(around(0.1, 0.02), LESS, around(0.12, 0.02))).toBe('inconclusive');
    const judged = judgeRatio(pairedRatio(around(0.1, 0.02)), pairedRatio(around(-0.12, 0.02)), LESS);
    expect(judged.threshold).toBeCloseTo(Math.expm1(0.12));
  });

  it('widens the margin to what is known of the base against itself, up to twice', () => {
    const margin = (spread: number): number =>
      judgeRatio(pairedRatio(around(0, 0.01)), pairedRatio(around(0, spread)), LESS).margin;
    expect(margin(0.001)).toBe(0.05);
    expect(margin(0.12)).toBeGreaterThan(0.07);
    expect(margin(0.5)).toBe(0.1);
  });

  it('is none below six rounds, however clear', () => {
    const judged = judgeRatio(pairedRatio(around(2, 0.001, 5)), undefined, LESS);
    expect(judged).toMatchObject({ verdict: 'inconclusive', roundsToDecide: 6 });
    expect(judged.reason).toContain('6 rounds');
    expect(judgeRatio(pairedRatio(around(2, 0.001, 6)), undefined, LESS).verdict).toBe('slower');
  });

  it('of what is counted needs one round, and no least change', () => {
    const exact: Bounds = { better: 'less', change: 0, margin: 0, isExact: true };
    const bytes: Bounds = { ...exact, change: 0.02 };
    const counted = (base: number, other: number, bounds: Bounds): string =>
      judgeRatio(pairedRatio([{ base, other }]), undefined, bounds).verdict;
    expect(counted(13, 14, exact)).toBe('slower');
    expect(counted(13, 12, exact)).toBe('faster');
    expect(counted(13, 13, exact)).toBe('equivalent');
    expect(counted(1000, 1019, bytes)).toBe('equivalent');
    expect(counted(1000, 1021, bytes)).toBe('slower');
  });
});

describe('the rounds that would decide', () => {
  const limits = { threshold: 0.05, margin: 0.05 };

  it('grow with the noise, and have an end', () => {
    const quiet = roundsToDecide({ ratio: 1.02, sd: 0.1 }, limits) ?? 0;
    const busy = roundsToDecide({ ratio: 1.02, sd: 0.2 }, limits) ?? 0;
    expect(quiet).toBeGreaterThan(12);
    expect(busy / quiet).toBeCloseTo(4, 0);
    expect(roundsToDecide({ ratio: 1.02, sd: 10 }, limits)).toBeNull();
    expect(roundsToDecide({ ratio: 1.0499, sd: 0.1 }, limits)).toBeNull();
  });

  it('are so many that the same figures are then decided', () => {
    const shape = (rounds: number): Pair[] => around(0.06, 0.25, rounds);
    const { ratio, sd } = pairedRatio(shape(12));
    const enough = roundsToDecide({ ratio, sd }, limits) ?? 0;
    const judged = (rounds: number): string =>
      judgeRatio(pairedRatio(shape(rounds)), undefined, LESS).verdict;
    expect(judged(12)).toBe('inconclusive');
    expect(judged(2 * Math.ceil(enough / 2) + 2)).toBe('slower');
  });
});

describe('several metrics', () => {
  it('are corrected by Holm, in their order', () => {
    expect(holm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06]);
    expect(holm([0.9, 0.001])).toEqual([0.9, 0.002]);
    expect(holm([])).toEqual([]);
  });

  it('are judged together, but for the one that was named before', () => {
    const metric = (name: string, given: Pair[]): MeasuredMetric => ({
      name,
      bounds: LESS,
      pairs: given,
      itself: around(0, 0.001),
    });
    // p is about 0.02: enough for one, not among five.
    const weak = around(0.08, 0.105);
    const others = ['b', 'c', 'd', 'e'].map((name) => metric(name, around(0, 0.05)));
    const verdict = (gate?: string): string | undefined =>
      judgeMetrics([metric('a', weak), ...others], gate)[0]?.verdict;
    expect(verdict()).toBe('inconclusive');
    expect(judgeMetrics([metric('a', weak), ...others])[0]?.reason).toContain('among so many metrics');
    expect(verdict('a')).toBe('slower');
    // What is counted is no matter of chance, and costs the others nothing.
    const exact: Bounds = { ...LESS, change: 0, isExact: true };
    const counts = others.map((one) => ({ ...one, bounds: exact }));
    expect(judgeMetrics([metric('a', weak), ...counts])[0]?.verdict).toBe('slower');
  });
});

// The script scripts/bench/calibration.ts does the same ten thousand times.
describe('in known truth', () => {
  const TIMES = 1000;
  it.each([
    ['quiet cores', 0.05, normal],
    ['CPU on busy cores', 0.08, normal],
    ['busy cores', 0.32, disturbed],
  ] as const)('is calibrated: %s', (_, spread, draw) => {
    const of = calibrate({
      seed: 17,
      times: TIMES,
      rounds: 12,
      draw: (random) => (spread / Math.SQRT2) * draw(random),
    });
    expect(of.covered).toBeGreaterThan(0.93);
    expect(of.covered).toBeLessThan(0.97);
    expect(of.falseAlarms).toBeLessThanOrEqual(0.06);
    expect(of.equivalentAtTwiceTheMargin).toBeLessThanOrEqual(0.005);
    if (spread < 0.1) expect(of.foundTenPercent).toBeGreaterThan(0.93);
    // What is so noisy is said to be.
    else expect(of.equivalentAtNone).toBeLessThan(0.01);
  });
});
