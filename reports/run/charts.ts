/** The charts of loads. */
import type { ChartMark, ChartSeries, ChartView } from '../document/chart.ts';
import type { ChartBlock } from '../document/model.ts';
import type { LatencySummary, LoadResult, ThroughputPoint } from '../model.ts';
import { loadName } from '../words/words.ts';

/** The first view shows all requests, the others one kind of request each. */
export function latencyChart(loads: readonly LoadResult[]): ChartBlock {
  const names = [...new Set(loads.flatMap((load) => load.latency.map(({ name }) => name)))];
  return {
    kind: 'chart',
    title: 'Latency by percentile',
    note: 'Both axes are logarithmic; further right is rarer.',
    chart: {
      kind: 'lines',
      x: 'percentile',
      y: 'us',
      views: names.map((name) => ({
        name,
        series: loads.flatMap((load, color) => {
          const latency = load.latency.find((candidate) => candidate.name === name);
          if (latency === undefined || latency.percentiles.count === 0) return [];
          return [{ label: loadName(load), color, dashed: false, points: tailPoints(latency) }];
        }),
      })),
    },
  };
}

/**
 * The HDR curve over 1 / (1 - q), which a logarithmic axis shows as 0, 90, 99, 99.9 %…. The maximum is at the count.
 */
function tailPoints({ curve, percentiles }: LatencySummary): [number, number][] {
  const points: [number, number][] = [];
  for (const [quantile, us] of curve) {
    const x = quantile >= 1 ? percentiles.count : 1 / (1 - quantile);
    const last = points.at(-1);
    // A logarithmic axis has no zero.
    const point: [number, number] = [Math.max(x, last?.[0] ?? 1), Math.max(us, 1)];
    if (last !== undefined && point[0] === last[0]) points.pop();
    points.push(point);
  }
  return points;
}

/** Effects come first, because they are the useful work of a target; then all answered requests. */
export function throughputChart(loads: readonly LoadResult[]): ChartBlock {
  const hasEffects = loads.every(({ throughput }) =>
    throughput.every(({ effects }) => effects !== undefined),
  );
  const views = [...(hasEffects ? [view('effects', loads, 'effects')] : []), view('requests', loads, 'ok')];
  return {
    kind: 'chart',
    title: 'Throughput over time',
    note: 'Per second, by the time of the answer.',
    chart: { kind: 'lines', x: 'seconds', y: 'perSecond', views },
  };
}

function view(name: string, loads: readonly LoadResult[], what: 'ok' | 'effects'): ChartView {
  const series = loads.flatMap((load, color): ChartSeries[] => {
    const points = rates(load);
    const line = (label: string, dashed: boolean, of: 'ok' | 'failed' | 'effects'): ChartSeries => ({
      label,
      color,
      dashed,
      points: points.map((point) => [point.second, point[of]]),
    });
    return [
      line(loadName(load), false, what),
      ...(points.some(({ failed }) => failed > 0)
        ? [line(`${loadName(load)}: fail or unknown`, true, 'failed')]
        : []),
    ];
  });
  const marks = loads.flatMap(({ strikes = [] }) =>
    strikes.map(({ fault, atMs }): ChartMark => ({ at: atMs / 1000, label: fault })),
  );
  return { name, series, marks };
}

interface Rate {
  readonly second: number;
  readonly ok: number;
  readonly effects: number;
  readonly failed: number;
}

/** A last bucket shorter than this part of a bucket is left out, because its rate is noise. */
const SHORTEST_BUCKET = 0.2;

/** The rate per second in each bucket, placed at its middle. */
function rates(load: LoadResult): Rate[] {
  const { throughput, durationMs } = load;
  const width = (throughput[1]?.second ?? 1) - (throughput[0]?.second ?? 0) || 1;
  return throughput.flatMap((point: ThroughputPoint, index) => {
    const last = index === throughput.length - 1;
    const rest = durationMs / 1000 - point.second;
    const length = last && rest > 0 ? Math.min(width, rest) : width;
    if (last && index > 0 && length < width * SHORTEST_BUCKET) return [];
    const middle = Math.round((point.second + length / 2) * 1000) / 1000;
    const { ok, fail, unknown, effects = 0 } = point;
    return [
      { second: middle, ok: ok / length, effects: effects / length, failed: (fail + unknown) / length },
    ];
  });
}

const POINTS = { p50: 'p50', p90: 'p90', p99: 'p99', p999: 'p99.9', max: 'max' } as const;

/** How long requests waited for locks and held them. Empty if no load used locks. */
export function lockChart(loads: readonly LoadResult[]): ChartBlock[] {
  const rows = (['wait', 'hold'] as const).flatMap((what) =>
    loads.flatMap((load, color) => {
      const percentiles = load.locks[what];
      if (percentiles.count === 0) return [];
      const points = (Object.keys(POINTS) as (keyof typeof POINTS)[]).flatMap((point) => {
        const us = percentiles[point];
        return us === null ? [] : [[POINTS[point], us] as const];
      });
      return [{ label: `${what}, ${loadName(load)}`, color, points }];
    }),
  );
  if (rows.length === 0) return [];
  return [
    {
      kind: 'chart',
      title: 'Lock wait and hold',
      note: 'From p50 to the maximum; dots at p50, p90, p99, p99.9 and max, as far as they were measured. The table above has the numbers.',
      chart: { kind: 'ranges', rows },
    },
  ];
}

const US_PER_SECOND = 1e6;

/** The CPU time of services and drivers per second. Empty for results of older versions. */
export function cpuChart(loads: readonly LoadResult[]): ChartBlock[] {
  const series = loads.flatMap((load, color): ChartSeries[] => {
    const { cpu } = load;
    if (cpu === undefined) return [];
    const line = (who: 'services' | 'drivers', dashed: boolean): ChartSeries => ({
      label: `${loadName(load)}: ${who}`,
      color,
      dashed,
      points: cpu[who].bySecond.map((us, second) => [second + 0.5, us / US_PER_SECOND]),
    });
    return [line('services', false), line('drivers', true)];
  });
  if (series.length === 0) return [];
  return [
    {
      kind: 'chart',
      title: 'CPU over time',
      note: 'In percent of one core: 200 % are two cores. If the drivers are at their limit, the figures show them rather than the target.',
      chart: { kind: 'lines', x: 'seconds', y: 'share', views: [{ name: 'all', series }] },
    },
  ];
}
