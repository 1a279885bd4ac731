/** What the plots show, as data for the script in the page. */
import type { LatencySummary, LoadResult, ThroughputPoint } from '../model.ts';
import { markup, type Markup } from './markup.ts';

export interface ChartSpec {
  readonly kind: 'percentiles' | 'throughput';
  readonly views: readonly ChartView[];
}

/** One choice of what to see, for example one kind of request. */
export interface ChartView {
  readonly name: string;
  readonly series: readonly ChartSeries[];
}

export interface ChartSeries {
  readonly label: string;
  /** Index of the colour: the same for one target in every chart. */
  readonly color: number;
  readonly dashed: boolean;
  /** Rising in x. */
  readonly points: readonly (readonly [number, number])[];
}

/** The first view shows everything, the others one kind of request each. */
export function percentileChart(loads: readonly LoadResult[]): ChartSpec {
  const names = [...new Set(loads.flatMap((load) => load.latency.map((latency) => latency.name)))];
  return {
    kind: 'percentiles',
    views: names.map((name) => ({
      name,
      series: loads.flatMap((load, color) => {
        const latency = load.latency.find((candidate) => candidate.name === name);
        if (latency === undefined || latency.percentiles.count === 0) return [];
        return [{ label: load.target.spec, color, dashed: false, points: tailPoints(latency) }];
      }),
    })),
  };
}

/** HDR curve over 1 / (1 - q), which a log axis spreads as 0, 90, 99, 99.9 %…; the maximum stands at the count. */
function tailPoints({ curve, percentiles }: LatencySummary): [number, number][] {
  const points: [number, number][] = [];
  for (const [quantile, us] of curve) {
    const x = quantile >= 1 ? percentiles.count : 1 / (1 - quantile);
    const last = points.at(-1);
    // A log axis has no zero.
    const point: [number, number] = [Math.max(x, last?.[0] ?? 1), Math.max(us, 1)];
    if (last !== undefined && point[0] === last[0]) points.pop();
    points.push(point);
  }
  return points;
}

export function throughputChart(loads: readonly LoadResult[]): ChartSpec {
  const series = loads.flatMap((load, color): ChartSeries[] => {
    const points = rates(load);
    const failed = points.some((point) => point.failed > 0);
    const line = (label: string, dashed: boolean, of: 'ok' | 'failed'): ChartSeries => ({
      label,
      color,
      dashed,
      points: points.map((point) => [point.second, point[of]]),
    });
    return [
      line(load.target.spec, false, 'ok'),
      ...(failed ? [line(`${load.target.spec}: fail or unknown`, true, 'failed')] : []),
    ];
  });
  return { kind: 'throughput', views: [{ name: 'all', series }] };
}

interface Rate {
  readonly second: number;
  readonly ok: number;
  readonly failed: number;
}

/** Shorter last buckets than this part of a bucket are left out: their rate is noise. */
const SHORTEST_BUCKET = 0.2;

/** Operations a second in each bucket, placed at its middle. */
function rates(load: LoadResult): Rate[] {
  const { throughput, durationMs } = load;
  const width = (throughput[1]?.second ?? 1) - (throughput[0]?.second ?? 0) || 1;
  return throughput.flatMap((point: ThroughputPoint, index) => {
    const last = index === throughput.length - 1;
    const rest = durationMs / 1000 - point.second;
    const length = last && rest > 0 ? Math.min(width, rest) : width;
    if (last && index > 0 && length < width * SHORTEST_BUCKET) return [];
    const middle = Math.round((point.second + length / 2) * 1000) / 1000;
    return [{ second: middle, ok: point.ok / length, failed: (point.fail + point.unknown) / length }];
  });
}

/** Where the script draws chart number `index`. The table beside it says the same in numbers. */
export function chartFigure(index: number, title: string, spec: ChartSpec, note: string): Markup {
  const choices = spec.views.length < 2 ? undefined : choice(index, spec);
  return markup`<figure class="chart">
    <figcaption>
      <h3>${title}</h3>
      ${choices}
    </figcaption>
    <div
      class="plot"
      data-chart="${index}"
      tabindex="0"
      role="img"
      aria-label="${title}. ${note} Arrow keys move the cursor."
    ></div>
    <p class="quiet note">${note}</p>
  </figure>`;
}

function choice(index: number, spec: ChartSpec): Markup {
  return markup`<label class="choice"
    >of
    <select data-views="${index}">
      ${spec.views.map((view, position) => markup`<option value="${position}">${view.name}</option>`)}
    </select></label
  >`;
}
