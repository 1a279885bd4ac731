import { describe, expect, it } from 'vitest';
import { figuresOf, METRIC_NAMES } from './metrics.ts';
import { orderOf } from './order.ts';
import { applyOnce, applyWithin, parseThreshold, type Threshold } from './thresholds.ts';

const parsed = (text: string): Threshold => {
  const threshold = parseThreshold(text);
  if ('problem' in threshold) throw new Error(threshold.problem);
  return threshold;
};

describe('a threshold', () => {
  it.each([
    ['effect.p99<50ms', { metric: 'effect.p99', operator: '<', limit: 50_000, isRatio: false }],
    ['effect.p50 <= 900us', { operator: '<=', limit: 900 }],
    ['effect.p50<1.5µs', { limit: 1.5 }],
    ['lock.hold.p99<1s', { metric: 'lock.hold.p99', limit: 1_000_000 }],
    ['effects/s>900', { metric: 'effects/s', operator: '>', limit: 900 }],
    ['effects/s>=1e3/s', { operator: '>=', limit: 1000 }],
    ['failures<0.1%', { metric: 'failures', limit: 0.1 }],
    ['effect.p99.9<2s', { metric: 'effect.p999' }],
    [' ratio( effects/s ) > 0.95 ', { metric: 'effects/s', isRatio: true, limit: 0.95 }],
    ['ratio(effect.p99)<110%', { isRatio: true, limit: 1.1 }],
  ])('is read: %s', (text, expected) => {
    expect(parseThreshold(text)).toMatchObject({ ...expected, text });
  });

  it.each([
    ['effect.p99<5parsecs', 'expected a time in µs (or us), ms or s, like 50ms, got "5parsecs"'],
    ['effect.p99<50', 'expected a time in µs (or us), ms or s, like 50ms, got "50"'],
    ['effect.p99<-5ms', 'got "-5ms"'],
    ['effects/s>5ms', 'expected a number per second, like 900/s, got "5ms"'],
    ['failures<1', 'expected a number in %, like 1%, got "1"'],
    ['ratio(effects/s)>5ms', 'expected a number without a unit, like 0.95, or in %, got "5ms"'],
    ['speed>9000', '"speed" is no figure of a load. Expected one of effects/s, all.p50, '],
    ['ratio(speed)>1', '"speed" is no figure'],
    ['effect.p99', 'expected a figure, one of <= >= < > and a number, like effect.p99<50ms'],
    ['effect.p99=5ms', 'expected a figure'],
    ['ratio(effects/s>0.9', 'expected a figure'],
    ['', 'expected a figure'],
  ])('is refused with what was expected: %s', (text, message) => {
    expect(parseThreshold(text)).toMatchObject({ problem: expect.stringContaining(message) });
  });

  it('holds or does not, and is undecided where nothing was measured', () => {
    const threshold = parsed('effect.p99<50ms');
    expect(applyOnce(threshold, 'memory', 49_999)).toMatchObject({ outcome: 'met', value: 49_999 });
    expect(applyOnce(threshold, 'memory', 50_000)).toMatchObject({ outcome: 'missed' });
    expect(applyOnce(threshold, 'memory', 'too few')).toMatchObject({
      outcome: 'undecided',
      reason: 'too few',
    });
  });

  it('is undecided while its limit lies within the interval', () => {
    const outcome = (low: number, high: number): string =>
      applyWithin(parsed('ratio(effects/s)>0.95'), 'b', { value: (low + high) / 2, interval: { low, high } })
        .outcome;
    expect(outcome(0.96, 1.1)).toBe('met');
    expect(outcome(0.7, 0.94)).toBe('missed');
    expect(outcome(0.9, 1)).toBe('undecided');
  });
});

describe('the figures of a load', () => {
  const percentiles = { count: 1200, min: 1, mean: 2, p50: 2, p90: 3, p99: 4, p999: 9, max: 9 };
  const none = { count: 0, min: 0, mean: 0, p50: null, p90: null, p99: null, p999: null, max: 0 };
  const load = {
    durationMs: 1000,
    operations: 2000,
    effects: 1200,
    effectsPerSecond: 1200,
    kinds: { effect: 1200 },
    outcomes: { ok: 1990, fail: 6, unknown: 4 },
    codes: {},
    throughput: [],
    latency: [{ name: 'effect', percentiles, curve: [] }],
    perService: [],
    locks: { wait: none, hold: percentiles },
  };

  it('are there as far as they were measured, and of enough samples', () => {
    const figures = figuresOf(load);
    expect(figures).toMatchObject({ 'effects/s': 1200, 'effect.p99': 4, 'lock.hold.p50': 2, failures: 0.5 });
    for (const name of ['effect.p999', 'read.p50', 'lock.wait.p50'])
      expect(figures).not.toHaveProperty([name]);
  });

  it('have names that thresholds take', () => {
    expect(new Set(METRIC_NAMES).size).toBe(METRIC_NAMES.length);
    for (const name of METRIC_NAMES)
      expect(parseThreshold(`ratio(${name})<2`)).toMatchObject({ metric: name });
  });
});

describe('the order of a round', () => {
  const order = (number: number, sides: number, twice = true): string =>
    orderOf(number, sides, twice)
      .map(({ side, isAgain }) => `${'ABC'[side]}${isAgain ? "'" : ''}`)
      .join(' ');

  it('goes both ways in turn, with the base next to what it is compared with', () => {
    expect([1, 2, 3, 4].map((number) => order(number, 2))).toEqual(["A A' B", "B A' A", "A A' B", "B A' A"]);
    expect([1, 2].map((number) => order(number, 2, false))).toEqual(['A B', 'B A']);
    expect([1, 2, 3, 4].map((number) => order(number, 3))).toEqual([
      "A A' B C",
      "C B A' A",
      "A A' C B",
      "B C A' A",
    ]);
  });
});
