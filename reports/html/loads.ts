/** Loads: curves, and every figure of all targets of one scenario side by side. */
import { formatCount, formatMs, formatShare, formatUs } from '../format.ts';
import type { LoadResult, Percentiles, RunResult } from '../model.ts';
import { POWER_NAMES, POWER_TEXTS, recoveryText, RULE_TEXTS, tallyText, versionText } from '../words.ts';
import { chartFigure, percentileChart, throughputChart, type ChartSpec } from './charts.ts';
import type { Chapter } from './header.ts';
import { markup, type Content, type Markup } from './markup.ts';
import { bar, statusChip } from './parts.ts';
import { lockRanges } from './ranges.ts';

export interface LoadChapters {
  readonly chapters: readonly Chapter[];
  readonly charts: readonly ChartSpec[];
}

/** One chapter a scenario. */
export function loadChapters(run: RunResult): LoadChapters {
  const scenarios = new Map<string, LoadResult[]>();
  for (const load of run.loads) {
    const key = `${load.mix} (${load.workload})`;
    scenarios.set(key, [...(scenarios.get(key) ?? []), load]);
  }
  const charts: ChartSpec[] = [];
  const chapters = [...scenarios].map(([name, loads], index): Chapter => {
    const first = charts.length;
    const [latency, throughput] = [percentileChart(loads), throughputChart(loads)];
    charts.push(latency, throughput);
    return {
      id: `load-${index + 1}`,
      title: `Load: ${name}`,
      content: markup`<p class="lead">${shape(loads)}</p>
        ${loads.some((load) => load.judgement.verdict === 'violated') ? markup`<p class="notice">Fast and wrong is wrong: latency and throughput of a target that broke a rule are not comparable.</p>` : undefined}
        <div class="charts">
          ${chartFigure(first, 'Latency by percentile', latency, 'Both axes are logarithmic; further right is rarer.')}${chartFigure(first + 1, 'Throughput over time', throughput, 'Operations a second, by when they were answered.')}
        </div>
        ${comparison(loads)} ${latencies(loads)} ${lockRanges(loads)} ${rules(loads)}`,
    };
  });
  return { chapters, charts };
}

function shape(loads: readonly LoadResult[]): string {
  const [load] = loads;
  if (load === undefined) return '';
  return `${load.services} service processes, ${load.drivers} driver${load.drivers === 1 ? '' : 's'}, ${load.connections} connections.`;
}

function heads(loads: readonly LoadResult[]): Markup[] {
  return loads.map(
    (load, index) =>
      markup`<th scope="col">
        <span class="swatch s${index % 6}"></span>${load.target.spec}<span class="quiet"
          >${versionText(load.target)}</span
        >
      </th>`,
  );
}

/** One line of the comparison. */
type Row = readonly [string, (load: LoadResult) => Content];

function comparison(loads: readonly LoadResult[]): Markup {
  const rows: readonly Row[] = [
    ['verdict', verdict],
    ['operations', (load) => `${formatCount(load.operations)} in ${formatMs(load.durationMs)}`],
    ['effects a second', (load) => markup`<strong>${formatCount(load.effectsPerSecond)}</strong>`],
    ['outcomes', (load) => counts(load.outcomes, load.operations)],
    ['codes', (load) => counts(load.codes, load.operations)],
    ['effects', (load) => tallyText(load.judgement.tally)],
    ...faultRows(loads),
    ...powerRows(loads),
    ...serviceRows(loads),
  ];
  return markup`<table class="compare">
    <caption>
      Side by side
    </caption>
    <thead>
      <tr>
        <td></td>
        ${heads(loads)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        ([label, of]) =>
          markup`<tr>
            <th scope="row">${label}</th>
            ${loads.map((load) => markup`<td>${of(load)}</td>`)}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function verdict(load: LoadResult): Markup {
  return markup`${statusChip(load.judgement.verdict)}
    <span class="reason">${load.judgement.reason} (judged in ${formatMs(load.judgeMs)})</span>`;
}

function counts(of: Readonly<Record<string, number>>, whole: number): Content {
  const entries = Object.entries(of);
  if (entries.length === 0) return '–';
  return entries.map(
    ([name, count], index) =>
      markup`<span class="count"
        >${name} ${formatCount(count)} <span class="quiet">${formatShare(count, whole)}</span>${index < entries.length - 1 ? ' ·' : ''}</span
      > `,
  );
}

/** How long it took after each fault until a stream was usable again. */
function faultRows(loads: readonly LoadResult[]): Row[] {
  const names = new Set(loads.flatMap(({ judgement }) => (judgement.faults ?? []).map(({ fault }) => fault)));
  return [...names].map((name) => [
    `${name}, usable again`,
    ({ judgement }) => {
      const tally = judgement.faults?.find(({ fault }) => fault === name);
      if (tally === undefined) return '–';
      const { planned, struck, others, self } = tally;
      return markup`${statusChip(struck === planned ? 'ok' : 'inconclusive', `${struck} of ${planned} struck`)}
        <span class="reason">for others: ${recoveryText(others)}</span>
        <span class="reason">for the struck service: ${recoveryText(self)}</span>`;
    },
  ]);
}

/** How often rules could have been broken, against what the mix must reach. */
function powerRows(loads: readonly LoadResult[]): Row[] {
  return POWER_NAMES.filter((name) =>
    loads.some(({ judgement }) => judgement.power[name] > 0 || judgement.minimums[name] > 0),
  ).map((name) => [
    POWER_TEXTS[name],
    ({ judgement }) => {
      const reached = judgement.power[name];
      const minimum = judgement.minimums[name];
      if (minimum === 0) return markup`${formatCount(reached)} <span class="quiet">no minimum</span>`;
      return markup`${statusChip(reached >= minimum ? 'ok' : 'inconclusive', formatCount(reached))}
        <span class="quiet">minimum ${formatCount(minimum)}</span>`;
    },
  ]);
}

function serviceRows(loads: readonly LoadResult[]): Row[] {
  const numbers = [...new Set(loads.flatMap((load) => load.perService.map((share) => share.service)))];
  return numbers
    .sort((a, b) => a - b)
    .map((number) => [
      `service ${number}`,
      (load) => {
        const share = load.perService.find((candidate) => candidate.service === number);
        const all = load.perService.reduce((sum, each) => sum + each.requests, 0);
        if (share === undefined) return '–';
        return markup`${formatCount(share.requests)} requests
          <span class="quiet">${formatShare(share.requests, all)}</span>, ${formatCount(share.effects)}
          effects${bar(all === 0 ? 0 : share.requests / all)}`;
      },
    ]);
}

/** What the judge looked at, rule by rule. */
function rules(loads: readonly LoadResult[]): Markup {
  const names = [...new Set(loads.flatMap((load) => load.judgement.rules.map((rule) => rule.rule)))];
  return markup`<table class="compare rules">
    <caption>
      Rules of the judge
    </caption>
    <thead>
      <tr>
        <td></td>
        ${heads(loads)}
      </tr>
    </thead>
    <tbody>
      ${names.map(
        (name) =>
          markup`<tr>
            <th scope="row">${name}<span class="reason">${RULE_TEXTS[name]}</span></th>
            ${loads.map((load) => {
              const rule = load.judgement.rules.find((candidate) => candidate.rule === name);
              if (rule === undefined) return markup`<td>–</td>`;
              const text = rule.violations > 0 ? `${formatCount(rule.violations)} violated` : rule.verdict;
              return markup`<td>
                ${statusChip(rule.verdict, text)}<span class="reason">${rule.detail}</span>
              </td>`;
            })}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** The numbers behind the curves: each kind of request, and the locks, target under target. */
function latencies(loads: readonly LoadResult[]): Markup {
  const kinds = [...new Set(loads.flatMap((load) => load.latency.map(({ name }) => name)))];
  const groups: readonly (readonly [string, (load: LoadResult) => Percentiles | undefined])[] = [
    ...kinds.map((kind) => [kind, (load: LoadResult) => latencyOf(load, kind)] as const),
    ['lock wait', (load) => load.locks.wait],
    ['lock hold', (load) => load.locks.hold],
  ];
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="Latency in numbers">
    <table class="numbers">
      <caption>
        Latency
      </caption>
      <thead>
        <tr>
          <th scope="col">target</th>
          ${['count', ...Object.values(PERCENTILES)].map((name) => markup`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      ${groups.map(([name, of]) => latencyGroup(name, loads, of))}
    </table>
  </div>`;
}

const PERCENTILES = {
  min: 'min',
  mean: 'mean',
  p50: 'p50',
  p90: 'p90',
  p99: 'p99',
  p999: 'p99.9',
  max: 'max',
} as const;

function latencyOf(load: LoadResult, kind: string): Percentiles | undefined {
  return load.latency.find(({ name }) => name === kind)?.percentiles;
}

function latencyGroup(
  name: string,
  loads: readonly LoadResult[],
  of: (load: LoadResult) => Percentiles | undefined,
): Markup | undefined {
  const columns = Object.keys(PERCENTILES) as (keyof typeof PERCENTILES)[];
  const rows = loads.flatMap((load, index) => {
    const percentiles = of(load);
    if (percentiles === undefined || percentiles.count === 0) return [];
    return [
      markup`<tr>
        <th scope="row"><span class="swatch s${index % 6}"></span>${load.target.spec}</th>
        <td>${formatCount(percentiles.count)}</td>
        ${columns.map((column) => {
          const text = formatUs(percentiles[column]);
          return markup`<td>${column === 'p99' ? markup`<strong>${text}</strong>` : text}</td>`;
        })}
      </tr>`,
    ];
  });
  if (rows.length === 0) return undefined;
  return markup`<tbody>
    <tr class="group">
      <th scope="rowgroup" colspan="${columns.length + 2}">${name}</th>
    </tr>
    ${rows}
  </tbody>`;
}
