/**
 * The named figures of a load, for comparisons, thresholds and history. A figure that was not measured, or that has too
 * few samples, is absent and never 0.
 */
import { MIN_ABOVE, type Percentiles } from '../../scenarios/load/measuring/percentiles.ts';
import type { RequestCounts } from '../../scenarios/counting/index.ts';
import { COUNTED_KINDS, type CountedKind } from '../../scenarios/counting/requests.ts';
import type { LoadSummary } from '../../scenarios/load/measuring/summary.ts';
import type { Bounds } from './verdict.ts';

/** `µs` is also used for CPU time. A count has no unit. */
export const UNITS = ['/s', 'µs', '%', ''] as const;
export type Unit = (typeof UNITS)[number];

export interface Metric {
  /** For example `effects/s`, `effect.p99`, `lock.wait.p50`. */
  readonly name: string;
  readonly unit: Unit;
  /** What the figure means, for readers. */
  readonly text: string;
  /** How a difference is judged. */
  readonly bounds: Bounds;
  /** Whether comparisons always include it. Others are only included if a gate or a threshold names them. */
  readonly isCompared: boolean;
  /** The figure; or a text that says why there is none. */
  readonly of: (load: MeasuredLoad) => number | string;
}

/** A load, and the counted costs of single requests to its target. */
export interface MeasuredLoad extends LoadSummary {
  readonly counts?: readonly RequestCounts[];
}

/** A change of at least 5 % counts, and equivalence is a difference of at most 5 %. */
const TIMES: Bounds = { better: 'less', change: 0.05, margin: 0.05 };
const RATES: Bounds = { ...TIMES, better: 'more' };

const PERCENTILES = [
  ['p50', 0.5],
  ['p90', 0.9],
  ['p99', 0.99],
  ['p999', 0.999],
] as const;
type PercentileName = (typeof PERCENTILES)[number][0];

const KINDS: readonly (readonly [name: string, text: string, isCompared: boolean])[] = [
  ['all', 'all answered requests', false],
  ['effect', 'first effects', true],
  ['replay', 'replays', true],
  ['refusal', 'refusals', true],
  ['read', 'reads of one stream', true],
  ['scan', 'reads of a whole list', true],
];

/** Any difference counts. Numbers of bytes differ with the digits of numbers and times. */
const COUNT: Bounds = { better: 'less', change: 0, margin: 0, isExact: true };
const BYTES: Bounds = { ...COUNT, change: 0.02, margin: 0.02 };

const COSTS: readonly (readonly [
  name: string,
  text: string,
  bounds: Bounds,
  of: (counts: RequestCounts) => number,
])[] = [
  ['flights', 'flights to the database', COUNT, ({ flights }) => flights],
  ['statements', 'statements', COUNT, ({ statements }) => statements],
  ['bytes', 'bytes to and from the database', BYTES, ({ bytesOut, bytesIn }) => bytesOut + bytesIn],
];

/** In the order in which they are shown. */
export const METRICS: readonly Metric[] = [
  {
    name: 'effects/s',
    unit: '/s',
    text: 'first effects per second',
    bounds: RATES,
    isCompared: true,
    of: ({ effectsPerSecond }) =>
      effectsPerSecond > 0 ? effectsPerSecond : 'the load had no effect that a client was told of',
  },
  ...KINDS.flatMap(([kind, text, isCompared]) =>
    PERCENTILES.map(([percentile, quantile]): Metric => ({
      name: `${kind}.${percentile}`,
      unit: 'µs',
      text: `${percentileText(quantile)} latency of ${text}`,
      bounds: TIMES,
      isCompared: isCompared && isHeadline(percentile),
      of: ({ latency }) =>
        percentileOf(latency.find(({ name }) => name === kind)?.percentiles, percentile, quantile),
    })),
  ),
  ...(['wait', 'hold'] as const).flatMap((part) =>
    PERCENTILES.map(([percentile, quantile]): Metric => ({
      name: `lock.${part}.${percentile}`,
      unit: 'µs',
      text: `${percentileText(quantile)} time that ${part === 'wait' ? 'a lock was waited for' : 'a lock was held'}`,
      bounds: TIMES,
      isCompared: isHeadline(percentile),
      of: ({ locks }) => percentileOf(locks[part], percentile, quantile),
    })),
  ),
  {
    name: 'cpu/effect',
    unit: 'µs',
    text: 'CPU time of the services for each first effect',
    bounds: TIMES,
    isCompared: true,
    of: ({ cpu }) => measured(cpu?.services.usPerEffect),
  },
  {
    name: 'silence',
    unit: 'µs',
    text: 'the longest time in which nobody was answered',
    bounds: TIMES,
    isCompared: false,
    of: ({ silence }) => measured(silence && silence.ms * 1000),
  },
  {
    name: 'unsent',
    unit: '%',
    text: 'requests of an open loop that no connection was free for in time, of all',
    bounds: TIMES,
    isCompared: false,
    of: ({ loop }) =>
      loop?.kind === 'open' && loop.due > 0
        ? (100 * loop.neverSent) / loop.due
        : 'only an open loop (--rate) has requests that are not sent',
  },
  {
    name: 'held/s',
    unit: '/s',
    text: 'the highest rate that --rate auto found to hold, in requests per second',
    bounds: RATES,
    isCompared: false,
    of: ({ loop }) => {
      if (loop?.kind !== 'stepped') return 'only --rate auto looks for it';
      return loop.heldPerSecond ?? 'no rate held';
    },
  },
  {
    name: 'failures',
    unit: '%',
    text: 'requests that failed or got no definite answer, of all',
    bounds: TIMES,
    isCompared: false,
    of: ({ operations, outcomes }) =>
      operations > 0
        ? (100 * ((outcomes['fail'] ?? 0) + (outcomes['unknown'] ?? 0))) / operations
        : 'the load made no request',
  },
  ...COUNTED_KINDS.flatMap((kind) =>
    COSTS.map(([name, text, bounds, of]): Metric => ({
      name: `${kind}.${name}`,
      unit: '',
      text: `${text} of one ${kind}`,
      bounds,
      isCompared: true,
      of: ({ counts }) => countOf(counts, kind, of),
    })),
  ),
];

export const METRIC_NAMES: readonly string[] = METRICS.map(({ name }) => name);

export function findMetric(name: string): Metric | undefined {
  return METRICS.find((metric) => metric.name === name);
}

/** Whether the figure is counted for single requests instead of measured under load. */
export function isCount(name: string): boolean {
  return findMetric(name)?.bounds.isExact === true;
}

/** All measured figures of `load`, by name. */
export function figuresOf(load: MeasuredLoad): Record<string, number> {
  const measured = METRICS.map(({ name, of }) => [name, of(load)] as const);
  return Object.fromEntries(
    measured.filter((entry): entry is readonly [string, number] => typeof entry[1] === 'number'),
  );
}

function measured(value: number | null | undefined): number | string {
  return value ?? 'the load did not measure it';
}

function countOf(
  counts: readonly RequestCounts[] | undefined,
  kind: CountedKind,
  of: (counts: RequestCounts) => number,
): number | string {
  if (counts === undefined) return 'requests were not counted';
  const found = counts.find((one) => one.kind === kind);
  if (found === undefined) return "only what passes to a database by PostgreSQL's protocol is counted";
  return found.isSteady ? of(found) : 'such requests did not all cost the same';
}

function isHeadline(percentile: PercentileName): boolean {
  return percentile === 'p50' || percentile === 'p99';
}

function percentileText(quantile: number): string {
  return `${Number((quantile * 100).toFixed(1))}th percentile of the`;
}

function percentileOf(
  percentiles: Percentiles | undefined,
  name: PercentileName,
  quantile: number,
): number | string {
  if (percentiles === undefined || percentiles.count === 0) return 'the load had none';
  const above = Math.floor(Number((percentiles.count * (1 - quantile)).toFixed(6)));
  const value = percentiles[name];
  // Older results may contain it for fewer values.
  if (value !== null && above >= MIN_ABOVE) return value;
  return `it needs ${MIN_ABOVE} values above it, and of ${percentiles.count} there are ${above}`;
}
