/** Loads as blocks: all targets of one scenario side by side. */
import type { Block, ChecksBlock, Inline, TableBlock, Text, VerdictBlock } from '../document/model.ts';
import { formatCount, formatMs, formatShare, formatUs, plural } from '../words/format.ts';
import type { LoadResult } from '../model.ts';
import {
  loadName,
  meansControlFailure,
  POWER_NAMES,
  POWER_TEXTS,
  recoveryText,
  RULE_TEXTS,
  tallyText,
  versionText,
} from '../words/words.ts';
import type { RepeatedRun } from '../words/repeat.ts';
import { cpuText, generatorText, loopText, silenceText, warmupText } from './measuringWords.ts';
import { thresholdTable, withLimits } from '../thresholds.ts';
import type { ThresholdOutcome } from '../../suites/figures/thresholds.ts';
import { ruleArticles } from './brokenRules.ts';
import { cpuChart, latencyChart, lockChart, throughputChart } from './charts.ts';
import { latencyTable } from './latencyTable.ts';

/** The blocks for a load when it is judged: its verdict, all figures, and the broken rules. */
export function loadBlocks(run: RepeatedRun, load: LoadResult): Block[] {
  return [
    loadVerdict(load),
    ...thresholdTables([load]),
    ...scenarioBlocks([load]),
    ...ruleArticles(run, load),
  ];
}

/** The mixes in their order, with the loads of each. */
export function scenariosOf(loads: readonly LoadResult[]): Map<string, LoadResult[]> {
  const scenarios = new Map<string, LoadResult[]>();
  for (const load of loads) {
    const key = `${load.mix} (${load.workload})`;
    scenarios.set(key, [...(scenarios.get(key) ?? []), load]);
  }
  return scenarios;
}

/** What was driven, and the outcome. */
export function loadVerdict(load: LoadResult): VerdictBlock {
  const { judgement, target, mix, negativeControl } = load;
  const isMissed = meansControlFailure(load);
  return {
    kind: 'verdict',
    status: negativeControl ? (isMissed ? 'violated' : 'ok') : judgement.verdict,
    name: target.spec,
    detail: versionText(target),
    about: `under ${mix}`,
    says: negativeControl
      ? isMissed
        ? 'negative control: NOT caught; an ok of this run proves nothing'
        : 'negative control: caught, as it must be'
      : `${judgement.verdict}: ${judgement.reason}`,
    more: [
      ...(negativeControl
        ? [{ kind: 'prose', text: `${judgement.verdict}: ${judgement.reason}` } as const]
        : []),
      { kind: 'prose', tone: 'quiet', text: headlineFigures(load) },
    ],
  };
}

/** The main figures. For a load that broke a rule, the text says that they must not be compared. */
function headlineFigures(load: LoadResult): string {
  const all = load.latency[0]?.percentiles;
  return [
    `${formatCount(load.effectsPerSecond)} effects/s`,
    ...(all === undefined ? [] : [`p50 ${formatUs(all.p50)}`, `p99 ${formatUs(all.p99)}`]),
    plural(load.services, 'service'),
    ...(load.judgement.verdict === 'violated' ? ['figures not comparable: a rule was broken'] : []),
  ].join(', ');
}

/** The outcomes of the thresholds. Empty if none was given. */
export function thresholdTables(loads: readonly LoadResult[]): TableBlock[] {
  const thresholds = thresholdsOf(loads);
  return thresholds.length === 0 ? [] : [thresholdTable(thresholds)];
}

function thresholdsOf(loads: readonly LoadResult[]): ThresholdOutcome[] {
  return loads.flatMap(({ thresholds = [] }) => thresholds);
}

/** The figures of the loads of one scenario. Charts come first. */
export function scenarioBlocks(loads: readonly LoadResult[]): Block[] {
  return [
    { kind: 'prose', tone: 'quiet', text: shapeText(loads) },
    withLimits(latencyChart(loads), thresholdsOf(loads)),
    throughputChart(loads),
    ...cpuChart(loads),
    figures(loads),
    ...stepTables(loads),
    latencyTable(loads),
    ...lockChart(loads),
    rules(loads),
  ];
}

function shapeText(loads: readonly LoadResult[]): string {
  const [load] = loads;
  if (load === undefined) return '';
  return [
    `${load.workload} workload`,
    plural(load.services, 'service process', 'service processes'),
    plural(load.drivers, 'driver'),
    plural(load.connections, 'connection'),
  ].join(', ');
}

/** One line of the comparison. */
type FigureRow = readonly [string, (load: LoadResult) => Text];

function figures(loads: readonly LoadResult[]): Block {
  const rows: readonly FigureRow[] = [
    ['effects/s', (load) => ({ strong: formatCount(load.effectsPerSecond) })],
    ['effects', effectsText],
    ['requests', (load) => `${formatCount(load.operations)} in ${formatMs(load.durationMs)}`],
    ...(loads.some((load) => Object.keys(load.kinds).length > 0)
      ? [['kinds', (load: LoadResult) => counts(load.kinds, load.operations)] as const]
      : []),
    ['outcomes', (load) => counts(load.outcomes, load.operations)],
    ...(loads.some((load) => Object.keys(load.codes).length > 0)
      ? [['codes', (load: LoadResult) => counts(load.codes, load.operations)] as const]
      : []),
    ...MEASURING.filter(([, of]) => loads.some((load) => of(load) !== undefined)).map(
      ([label, of]): FigureRow => [label, (load) => of(load) ?? '–'],
    ),
    ...faultRows(loads),
    ...powerRows(loads),
    ...serviceRows(loads),
    ['judged in', (load) => formatMs(load.judgeMs)],
  ];
  const [only] = loads;
  if (loads.length === 1 && only !== undefined)
    return { kind: 'facts', rows: rows.map(([label, of]) => [label, of(only)]) };
  return {
    kind: 'table',
    caption: 'Side by side',
    head: ['', ...loads.map(nameOf)],
    rows: rows.map(([label, of]) => [label, ...loads.map(of)]),
  };
}

/** How the load was measured. Results of older versions lack it. */
const MEASURING: readonly (readonly [string, (load: LoadResult) => string | undefined])[] = [
  ['loop', loopText],
  ['warm-up', warmupText],
  ['silence', silenceText],
  ['CPU per effect', cpuText],
  ['generator', generatorText],
];

function effectsText({ effects, judgement }: LoadResult): string {
  return `${formatCount(effects)} told to clients; ${tallyText(judgement.tally)}`;
}

function nameOf(load: LoadResult, series: number): Text {
  return [{ name: loadName(load), series }, { quiet: versionText(load.target) }];
}

function counts(of: Readonly<Record<string, number>>, whole: number): Text {
  const entries = Object.entries(of);
  if (entries.length === 0) return '–';
  return entries.flatMap(([name, count], index): Inline[] => [
    `${index > 0 ? ' · ' : ''}${name} ${formatCount(count)}`,
    ...(count === 0 ? [] : [{ quiet: ` ${formatShare(count, whole)}` }]),
  ]);
}

/** How long it took after each fault until a stream was usable again. */
function faultRows(loads: readonly LoadResult[]): FigureRow[] {
  const names = new Set(loads.flatMap(({ judgement }) => (judgement.faults ?? []).map(({ fault }) => fault)));
  return [...names].map((name) => [
    name,
    ({ judgement }) => {
      const tally = judgement.faults?.find(({ fault }) => fault === name);
      if (tally === undefined) return '–';
      const { planned, struck, others, self } = tally;
      return [
        { status: struck === planned ? 'ok' : 'inconclusive', text: `${struck} of ${planned} struck` },
        `; usable again for others: ${recoveryText(others)}; for the struck service: ${recoveryText(self)}`,
      ];
    },
  ]);
}

/** How often rules could have been broken, and the minimums of the mix. */
function powerRows(loads: readonly LoadResult[]): FigureRow[] {
  return POWER_NAMES.filter((name) =>
    loads.some(({ judgement }) => judgement.power[name] > 0 || judgement.minimums[name] > 0),
  ).map((name) => [
    'power',
    ({ judgement }) => {
      const reached = judgement.power[name];
      const minimum = judgement.minimums[name];
      const text = ` ${POWER_TEXTS[name]}`;
      if (minimum === 0) return [formatCount(reached), text];
      return [
        { status: reached >= minimum ? 'ok' : 'inconclusive', text: formatCount(reached) },
        text,
        { quiet: ` (minimum ${formatCount(minimum)})` },
      ];
    },
  ]);
}

function serviceRows(loads: readonly LoadResult[]): FigureRow[] {
  const numbers = new Set(loads.flatMap((load) => load.perService.map(({ service }) => service)));
  if (numbers.size < 2) return [];
  return [...numbers]
    .sort((a, b) => a - b)
    .map((number) => [
      `service ${number}`,
      (load) => {
        const share = load.perService.find(({ service }) => service === number);
        const all = load.perService.reduce((sum, { requests }) => sum + requests, 0);
        if (share === undefined) return '–';
        return [
          `${formatCount(share.requests)} requests `,
          { quiet: formatShare(share.requests, all) },
          `, ${formatCount(share.effects)} effects`,
          { share: all === 0 ? 0 : share.requests / all },
        ];
      },
    ]);
}

/** The rates that `--rate auto` tried. */
function stepTables(loads: readonly LoadResult[]): TableBlock[] {
  return loads.flatMap((load) => {
    const { loop } = load;
    if (loop?.kind !== 'stepped') return [];
    return [
      {
        kind: 'table',
        caption: `Steps of ${loadName(load)}`,
        head: ['requests/s', 'held', 'sent', 'never sent', 'p50', 'p99', 'max'],
        numbersFrom: 2,
        rows: loop.steps.map(({ ratePerSecond, held, due, neverSent, percentiles }): Text[] => [
          formatCount(ratePerSecond),
          { status: held ? 'ok' : 'inconclusive', text: held ? 'held' : 'did not hold' },
          formatCount(due - neverSent),
          formatCount(neverSent),
          ...[percentiles.p50, percentiles.p99, percentiles.max].map(formatUs),
        ]),
      },
    ];
  });
}

/** What the judge examined, by rule. */
function rules(loads: readonly LoadResult[]): ChecksBlock {
  const names = [...new Set(loads.flatMap(({ judgement }) => judgement.rules.map(({ rule }) => rule)))];
  return {
    kind: 'checks',
    noun: 'rule',
    targets: loads.map(loadName),
    rows: names.map((name) => ({
      id: name,
      text: RULE_TEXTS[name],
      results: loads.map(({ judgement }) => {
        const rule = judgement.rules.find((candidate) => candidate.rule === name);
        if (rule === undefined) return undefined;
        const { verdict, violations, detail } = rule;
        return {
          status: verdict,
          ...(violations > 0 ? { says: `${formatCount(violations)} violated` } : {}),
          reason: detail,
        };
      }),
    })),
  };
}
