/** A comparison as a document: what is faster, by how much and how certainly, then everything else that matters. */
import { defined } from '../../adapters/contract/defined.ts';
import type { MetricComparison } from '../../suites/figures/rounds.ts';
import type { ThresholdOutcome } from '../../suites/figures/thresholds.ts';
import type { IntervalRow } from '../document/chart.ts';
import type { Chapter, Inline, ReportDocument, TableBlock, Text } from '../document/model.ts';
import { formatCommit, formatCount, formatTime, plural } from '../words/format.ts';
import type { LoadResult } from '../model.ts';
import { cpuChart, latencyChart, lockChart, throughputChart } from '../run/charts.ts';
import { machineRows } from '../run/circumstances.ts';
import { ruleArticles } from '../run/brokenRules.ts';
import { costChapter } from './costs.ts';
import type { CompareReport, CompareSide, Comparison } from './model.ts';
import { compareSummary, VERDICT_STATUS } from './summary.ts';
import { figureText, intervalText, partText, ratioText } from '../words/figureTexts.ts';
import { withLimits } from '../thresholds.ts';
import { compareHeadline } from './words.ts';
import { VERDICT_OF_STATUS } from '../recorded.ts';

export function compareDocument(report: CompareReport): ReportDocument {
  const { lockstepVersion, startedAt, seed, rounds, refused, partial } = report;
  return {
    about: [
      `lockstep ${lockstepVersion} compare`,
      `${formatTime(startedAt)}, ${plural(rounds.length, 'round')}, seed ${seed}`,
    ],
    ...compareVerdict(report),
    ...(partial
      ? { notice: 'This comparison is incomplete: it was interrupted. Complete rounds are kept.' }
      : {}),
    summary: compareSummary(report),
    chapters: [
      ...(refused.length === 0 ? [] : [refusals(report)]),
      ...violations(report),
      ...report.comparisons.map((one) => ratios(report, one)),
      ...costChapter(report),
      ...curves(report),
      ...(rounds.length === 0 ? [] : [roundChapter(report)]),
      circumstances(report),
    ],
  };
}

export function compareVerdict(
  report: CompareReport,
): Pick<ReportDocument, 'status' | 'headline' | 'repeat'> {
  return {
    status: VERDICT_OF_STATUS[report.exitStatus],
    headline: compareHeadline(report),
    repeat: report.repeat,
  };
}

function refusals({ refused }: CompareReport): Chapter {
  return {
    id: 'refused',
    title: 'Why nothing is compared',
    blocks: refused.map(({ text }) => ({ kind: 'prose', text: [{ status: 'inconclusive', text }] })),
  };
}

/** The violations of runs. A fast but wrong run is wrong. */
function violations(report: CompareReport): Chapter[] {
  const { repeat } = report;
  const articles = report.rounds.flatMap(({ runs, number }) =>
    runs.flatMap(({ load }) =>
      ruleArticles({ command: 'load', repeat, seed: report.seed }, load).map((article) => ({
        ...article,
        title: `${article.title} (round ${number})`,
      })),
    ),
  );
  return articles.length === 0 ? [] : [{ id: 'broke', title: 'What broke', blocks: articles }];
}

function ratios(report: CompareReport, { side, metrics }: Comparison): Chapter {
  const name = report.sides[side]?.name ?? '';
  const base = report.sides[0]?.name ?? '';
  const delta = Math.max(0, ...metrics.slice(0, 1).map(({ margin }) => margin));
  return {
    id: `side-${side}`,
    title: `${name} beside ${base}`,
    blocks: [
      {
        kind: 'chart',
        title: 'Ratios',
        note: `Each figure of ${name} divided by that of ${base}, with its 95 % interval; the band is ±${partText(delta)}.`,
        chart: {
          kind: 'intervals',
          delta,
          rows: metrics.map((metric) => intervalRow(metric, report.thresholds)),
        },
      },
      metricTable(report, metrics, name, base),
    ],
  };
}

function intervalRow(metric: MetricComparison, thresholds: readonly ThresholdOutcome[]): IntervalRow {
  const { name, verdict, ratio } = metric;
  const limit = thresholds.find((one) => one.isRatio && one.metric === name)?.limit;
  const tones = { faster: 'better', slower: 'worse', equivalent: 'same', inconclusive: 'open' } as const;
  return {
    label: name,
    low: ratio.interval?.low ?? ratio.ratio,
    ratio: ratio.ratio,
    high: ratio.interval?.high ?? ratio.ratio,
    tone: tones[verdict],
    ...defined({ limit }),
  };
}

function metricTable(
  { rounds, settings }: CompareReport,
  metrics: readonly MetricComparison[],
  name: string,
  base: string,
): TableBlock {
  return {
    kind: 'table',
    caption: 'Figures',
    head: [
      'figure',
      'verdict',
      base,
      name,
      'ratio',
      '95 % interval',
      ...(settings.runsBaseTwice ? ['base to itself'] : []),
    ],
    numbersFrom: 2,
    rows: metrics.map((metric): Text[] => [
      [
        metric.name,
        ...(metric.missing === 0 ? [] : [{ quiet: ` in ${rounds.length - metric.missing} rounds` }]),
      ],
      { status: VERDICT_STATUS[metric.verdict], text: metric.verdict },
      figureText(metric.base, metric.unit),
      figureText(metric.other, metric.unit),
      { strong: ratioText(metric.ratio.ratio) },
      intervalText(metric.ratio.interval),
      ...(settings.runsBaseTwice
        ? [metric.itself === undefined ? '–' : intervalText(metric.itself.interval)]
        : []),
    ]),
  };
}

/**
 * The curves of the most typical round according to the first metric, because curves of all rounds together would hide
 * the spread.
 */
function curves(report: CompareReport): Chapter[] {
  const loads = report.sides.flatMap((_, side) => {
    const load = usualRun(report, side);
    return load === undefined ? [] : [named(load, report.sides[side] as CompareSide)];
  });
  if (loads.length === 0) return [];
  return [
    {
      id: 'curves',
      title: 'Curves',
      blocks: [
        {
          kind: 'prose',
          tone: 'quiet',
          text: 'From one run of each side: the one with the median effects/s of its rounds.',
        },
        withLimits(latencyChart(loads), report.thresholds),
        throughputChart(loads),
        ...cpuChart(loads),
        ...lockChart(loads),
      ],
    },
  ];
}

/** Distinguishes sides with the same target by their names. */
function named(load: LoadResult, { name }: CompareSide): LoadResult {
  return { ...load, target: { ...load.target, spec: name } };
}

function usualRun({ rounds }: CompareReport, side: number): LoadResult | undefined {
  const loads = rounds
    .flatMap(({ runs }) => runs.filter((run) => run.side === side && !run.isAgain))
    .map(({ load }) => load)
    .toSorted((a, b) => a.effectsPerSecond - b.effectsPerSecond);
  return loads[Math.floor((loads.length - 1) / 2)];
}

/** All runs, so that the spread is visible. */
function roundChapter({ rounds, sides }: CompareReport): Chapter {
  return {
    id: 'rounds',
    title: 'Every run',
    isReference: true,
    blocks: [
      {
        kind: 'table',
        head: ['round', 'side', 'verdict', 'effects/s', 'effects', 'requests', 'failed', 'not known'],
        numbersFrom: 3,
        rows: rounds.flatMap(({ number, runs }) =>
          runs.map(({ side, isAgain, load }): Text[] => [
            String(number),
            [sides[side]?.name ?? '', ...(isAgain ? [{ quiet: ' again' } as Inline] : [])],
            { status: load.judgement.verdict },
            formatCount(load.effectsPerSecond),
            formatCount(load.effects),
            formatCount(load.operations),
            formatCount(load.outcomes['fail'] ?? 0),
            formatCount(load.outcomes['unknown'] ?? 0),
          ]),
        ),
      },
    ],
  };
}

function circumstances(report: CompareReport): Chapter {
  const { settings, environment, sides, contractVersion, pairing } = report;
  const { mix, processes, drivers, connections, operations, rounds, runsBaseTwice } = settings;
  return {
    id: 'run',
    title: 'How it was measured',
    isReference: true,
    blocks: [
      {
        kind: 'facts',
        rows: [
          ['mix', mix],
          [
            'each run',
            [
              plural(processes, 'service process', 'service processes'),
              plural(drivers, 'driver'),
              plural(connections, 'connection'),
              ...(operations === undefined ? [] : [`${formatCount(operations)} requests`]),
            ].join(', '),
          ],
          ['rounds', roundText(rounds, pairing, runsBaseTwice)],
          ['contract', `version ${contractVersion}`],
          ...machineRows(environment),
          ...sides.flatMap((side) =>
            side.commit === undefined ? [] : [[`commit of ${side.name}`, formatCommit(side.commit)] as const],
          ),
          ...storageRows(report),
        ],
      },
    ],
  };
}

function roundText(rounds: number, pairing: CompareReport['pairing'], runsBaseTwice: boolean): string {
  if (pairing === 'unpaired') return 'none: recorded runs, which did not alternate';
  const twice = runsBaseTwice ? ', the base twice per round' : '';
  return `${rounds} requested, every second one in reverse order, with fresh processes and one seed per round${twice}`;
}

/** Versions and settings of the storage. They are the same on all sides; otherwise the comparison is refused. */
function storageRows({ rounds, sides }: CompareReport): (readonly [string, Text])[] {
  return sides.flatMap(({ name }, side) => {
    const load = rounds.flatMap(({ runs }) => runs).find((run) => run.side === side)?.load;
    const storage = load?.target.storage;
    return storage === undefined || storage === null
      ? []
      : [[`storage of ${name}`, JSON.stringify(storage)] as const];
  });
}
