/** Comparisons as lockstep compare makes them, of loads whose figures follow from a seed. */
import { createRandom, type Random } from '../../scenarios/random.ts';
import { orderOf } from '../../suites/figures/order.ts';
import { normal } from '../../suites/figures/testing/calibrate.ts';
import { parseThreshold, type Threshold } from '../../suites/figures/thresholds.ts';
import { conclude, type CompareRecord } from '../compare/conclude.ts';
import type { CompareReport, CompareRound } from '../compare/model.ts';
import type { LoadResult, Percentiles, TargetSummary } from '../model.ts';
import { passingCertification } from './fixtures.ts';
import { healthyLoad } from './loads.ts';

export interface Shape {
  readonly rounds?: number;
  /** Of each side the factor of its times; the base's is 1. */
  readonly slower?: readonly number[];
  /** Standard deviation of the logarithms of one run's times. */
  readonly spread?: number;
  readonly runsBaseTwice?: boolean;
  readonly thresholds?: readonly string[];
  /** Whatever else is to be otherwise in the record. */
  readonly record?: Partial<CompareRecord>;
  /** Whatever is to be otherwise in a run. */
  readonly load?: (load: LoadResult, side: number, round: number) => LoadResult;
}

const NAMES = ['memory', 'postgres', 'postgres-lease'];
const SEED = 814301;

/** By default of memory and postgres, in 12 quiet rounds, postgres twice as slow. */
export function comparison(shape: Shape = {}): CompareReport {
  const { slower = [1, 2], rounds = 12, runsBaseTwice = true, thresholds = [] } = shape;
  const { environment, lockstepVersion, contractVersion, startedAt } = passingCertification();
  const record: CompareRecord = {
    schemaVersion: 1,
    kind: 'compare',
    lockstepVersion,
    contractVersion,
    startedAt,
    finishedAt: '2026-01-31T08:19:12.000Z',
    partial: false,
    repeat: `lockstep compare memory postgres --rounds ${rounds} --seed ${SEED}`,
    seed: SEED,
    environment,
    pairing: 'paired',
    settings: {
      mix: 'uniform',
      processes: 1,
      drivers: 1,
      connections: 32,
      operations: 2000,
      rounds,
      runsBaseTwice,
    },
    sides: slower.map((_, side) => ({ name: NAMES[side] ?? `side ${side}`, spec: NAMES[side] ?? '' })),
    rounds: Array.from({ length: rounds }, (_, index) => roundOf(index + 1, shape)),
    ...shape.record,
  };
  return conclude(record, thresholds.map(threshold));
}

function threshold(text: string): Threshold {
  const parsed = parseThreshold(text);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed;
}

function roundOf(
  number: number,
  { slower = [1, 2], spread = 0.03, runsBaseTwice = true, load = (one) => one }: Shape,
): CompareRound {
  const random = createRandom(SEED, number);
  return {
    number,
    seed: SEED + number,
    runs: orderOf(number, slower.length, runsBaseTwice).map((planned) => {
      const factor = (slower[planned.side] ?? 1) * Math.exp(spread * normal(random));
      return { ...planned, load: load(loadOf(planned.side, factor, random), planned.side, number) };
    }),
  };
}

function loadOf(side: number, factor: number, random: Random): LoadResult {
  const target: TargetSummary = {
    ...(passingCertification().certifications[0] as { readonly target: TargetSummary }).target,
    name: NAMES[side] ?? 'other',
    spec: NAMES[side] ?? 'other',
    storage: side === 0 ? null : { version: 'PostgreSQL 18.4', fsync: 'on', port: random.integer(60_000) },
  };
  const load = healthyLoad(target);
  const times = (all: Percentiles): Percentiles => {
    const scaled = (value: number | null): number | null => (value === null ? null : value * factor);
    return {
      ...all,
      p50: scaled(all.p50),
      p90: scaled(all.p90),
      p99: scaled(all.p99),
      p999: scaled(all.p999),
    };
  };
  return {
    ...load,
    mix: 'uniform',
    effectsPerSecond: load.effectsPerSecond / factor,
    latency: load.latency.map((one) => ({ ...one, percentiles: times(one.percentiles) })),
    locks: { wait: times(load.locks.wait), hold: times(load.locks.hold) },
  };
}
