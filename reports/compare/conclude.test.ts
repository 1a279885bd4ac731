import { describe, expect, it } from 'vitest';
import { compareReportSchema } from '../schema/compare.ts';
import { comparison, type Shape } from '../testing/comparisons.ts';
import { compareDocument } from './document.ts';
import type { CompareReport } from './model.ts';

function verdictOf(report: CompareReport, name: string, side = 1): string | undefined {
  return report.comparisons.find((one) => one.side === side)?.metrics.find((metric) => metric.name === name)
    ?.verdict;
}

describe('a comparison', () => {
  it('says of each figure what it is beside the base, and fits its schema', () => {
    const report = comparison();
    expect(report).toMatchObject({ refused: [], exitStatus: 0 });
    expect(verdictOf(report, 'effects/s')).toBe('slower');
    expect(verdictOf(report, 'effect.p99')).toBe('slower');
    const [effects] = report.comparisons[0]?.metrics ?? [];
    expect(effects).toMatchObject({ name: 'effects/s', better: 'more', missing: 0 });
    expect(effects?.ratio.ratio).toBeCloseTo(0.5, 1);
    expect(effects?.itself?.ratio).toBeCloseTo(1, 1);
    const text = JSON.stringify(report);
    expect(compareReportSchema.parse(JSON.parse(text))).toEqual(JSON.parse(text));
  });

  it('of several sides has one for each', () => {
    const report = comparison({ slower: [1, 1, 1.4] });
    expect(verdictOf(report, 'effects/s', 1)).toBe('equivalent');
    expect(verdictOf(report, 'effects/s', 2)).toBe('slower');
  });

  it('leaves out what was not measured on both sides', () => {
    const report = comparison({
      load: (load, side) => (side === 0 ? load : { ...load, latency: [] }),
    });
    expect(verdictOf(report, 'effect.p50')).toBeUndefined();
    expect(verdictOf(report, 'effects/s')).toBe('slower');
  });

  it.each([
    ['five rounds', { rounds: 5 }],
    ['noise', { slower: [1, 1.02], spread: 0.3 }],
    ['an early end', { record: { partial: true } }],
    ['a gate that was not measured', { record: { gate: 'scan.p50' } }],
  ] satisfies [string, Shape][])('is undecided with status 3: %s', (_, shape) => {
    expect(comparison(shape)).toMatchObject({ refused: [], exitStatus: 3 });
  });
});

describe('what single requests cost', () => {
  const counted = (statements: number) => [
    {
      kind: 'settle' as const,
      requests: 5,
      isSteady: true,
      flights: 8,
      statements,
      bytesOut: 1600,
      bytesIn: 3500,
    },
  ];
  const shape = (more: number, isSteady = true): Shape => ({
    rounds: 1,
    thresholds: ['ratio(settle.statements)<=1', 'settle.statements<20'],
    record: {
      sides: [
        { name: 'memory', spec: 'memory', counts: counted(13) },
        {
          name: 'postgres',
          spec: 'postgres',
          counts: counted(13 + more).map((one) => ({ ...one, isSteady })),
        },
      ],
    },
  });

  it('is compared exactly, in one round', () => {
    const report = comparison(shape(1));
    expect(verdictOf(report, 'settle.statements')).toBe('slower');
    expect(verdictOf(report, 'settle.flights')).toBe('equivalent');
    expect(report.thresholds.map(({ outcome }) => outcome)).toEqual(['missed', 'met']);
    expect(report.exitStatus).toBe(4);
    expect(comparison(shape(0)).exitStatus).toBe(0);
    const told = JSON.stringify(compareDocument(report).chapters.find(({ id }) => id === 'costs'));
    expect(told).toContain('14 statements, 8 flights, 5,100 bytes');
    const text = JSON.stringify(report);
    expect(compareReportSchema.parse(JSON.parse(text))).toEqual(JSON.parse(text));
  });

  it('is left out where requests of a kind did not all cost the same', () => {
    const report = comparison(shape(1, false));
    expect(verdictOf(report, 'settle.statements')).toBeUndefined();
    expect(report.thresholds.map(({ outcome }) => outcome)).toEqual(['undecided', 'undecided']);
  });
});

describe('runs that cannot be compared', () => {
  const refusalOf = (load: NonNullable<Shape['load']>): string => {
    const report = comparison({ load });
    expect(report.comparisons).toEqual([]);
    expect(report.exitStatus).toBe(3);
    return report.refused.map(({ text }) => text).join('\n');
  };

  it.each([
    ['another mix', 'the mix differs: uniform with memory, hot-stream with postgres', { mix: 'hot-stream' }],
    [
      'more processes',
      'the number of service processes differs: 2 with memory, 3 with postgres',
      { services: 3 },
    ],
  ] as const)('are named: %s', (_, expected, other) => {
    expect(refusalOf((load, side) => (side === 0 ? load : { ...load, ...other }))).toBe(expected);
  });

  it('are those with other settings of the storage, but not with another port', () => {
    const stored = (fsync: string, port: number) => ({ version: 'PostgreSQL 18.4', fsync, port });
    const both = (load: Parameters<NonNullable<Shape['load']>>[0], side: number, round: number) => ({
      ...load,
      target: { ...load.target, storage: stored(side === 0 ? 'on' : 'off', 50_000 + round * 2 + side) },
    });
    expect(refusalOf(both)).toBe('fsync differs: on with memory, off with postgres');
  });

  it('are those of a target that was written for another contract', () => {
    const sides = [
      { name: 'memory at before', spec: 'memory', contractVersion: 7 },
      { name: 'memory', spec: 'memory' },
    ];
    expect(comparison({ record: { sides } }).refused).toEqual([
      { kind: 'differs', text: 'the contract version differs: 7 with memory at before, 1 with memory' },
    ]);
  });

  it('are those of which one is not ok, with its reason', () => {
    const weak: Shape['load'] = (load, side, round) =>
      side === 1 && round === 3
        ? { ...load, judgement: { ...load.judgement, verdict: 'inconclusive', reason: 'too little' } }
        : load;
    expect(refusalOf(weak)).toBe('postgres in round 3 is inconclusive: too little');
    const broken = comparison({
      load: (load, side) =>
        side === 1
          ? { ...load, judgement: { ...load.judgement, verdict: 'violated', reason: 'lost' } }
          : load,
      thresholds: ['effects/s>1'],
    });
    expect(broken).toMatchObject({ comparisons: [], exitStatus: 1 });
    expect(broken.thresholds[0]).toMatchObject({ outcome: 'undecided' });
  });
});

describe('thresholds of a comparison', () => {
  const outcomesOf = (shape: Shape): readonly string[] =>
    comparison(shape).thresholds.map(({ outcome }) => outcome);

  it('are met or missed where the whole interval is', () => {
    const thresholds = ['ratio(effects/s)>0.3', 'ratio(effects/s)>0.95', 'effect.p99<1s'];
    expect(outcomesOf({ thresholds })).toEqual(['met', 'missed', 'met']);
    expect(comparison({ thresholds }).exitStatus).toBe(4);
    expect(comparison({ thresholds: thresholds.slice(0, 1) }).exitStatus).toBe(0);
  });

  it('are undecided where it is not, where there are few rounds, and where nothing was measured', () => {
    const near = { slower: [1, 1], spread: 0.2, thresholds: ['ratio(effects/s)>0.99'] };
    expect(outcomesOf(near)).toEqual(['undecided']);
    expect(comparison(near).exitStatus).toBe(3);
    expect(outcomesOf({ rounds: 5, thresholds: ['effects/s>1'] })).toEqual(['undecided']);
    const [outcome] = comparison({ thresholds: ['scan.p50<1s'] }).thresholds;
    expect(outcome).toMatchObject({
      outcome: 'undecided',
      reason: 'it needs 6 rounds, and was measured in 0',
    });
  });

  it('decide instead of the figures that nobody named', () => {
    expect(comparison({ slower: [1, 1.02], spread: 0.3, thresholds: ['failures<5%'] }).exitStatus).toBe(0);
  });
});
