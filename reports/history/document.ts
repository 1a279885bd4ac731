/** A history as a document: which figures changed and by how much, then every series. */
import { CANARIES, type HistoryFigure, type HistorySeries } from '../../suites/figures/history.ts';
import { MIN_SERIES } from '../../suites/figures/statistics/changePoints.ts';
import { findMetric } from '../../suites/figures/metrics.ts';
import type { ChartMark, ChartView } from '../document/chart.ts';
import type { Block, Chapter, ChartBlock, ReportDocument, TableBlock, Text } from '../document/model.ts';
import { ratioText } from '../words/figureTexts.ts';
import { formatCommit, formatTime, plural } from '../words/format.ts';
import { historyStatus, type HistoryReport } from './model.ts';
import {
  canShowChange,
  causeText,
  changesOf,
  historyHeadline,
  levelText,
  machineText,
  runText,
  settingsText,
  trendText,
} from './words.ts';

export function historyDocument(report: HistoryReport): ReportDocument {
  const { lockstepVersion, createdAt, repeat, series, broken } = report;
  return {
    about: [`lockstep ${lockstepVersion} report --history`, formatTime(createdAt)],
    status: historyStatus(report) === 0 ? 'ok' : 'inconclusive',
    headline: historyHeadline(report),
    repeat,
    ...(broken.length === 0
      ? {}
      : { notice: 'Some lines could not be read. They are left out, and kept in their file.' }),
    summary: [changeTable(series)],
    chapters: [
      ...(broken.length === 0 ? [] : [brokenChapter(report)]),
      ...series.map((one, index) => seriesChapter(one, index + 1)),
    ],
  };
}

/** The latest change comes first. */
function changeTable(series: readonly HistorySeries[]): Block {
  const changes = changesOf(series);
  if (changes.length === 0) {
    const text = canShowChange(series)
      ? 'The runs show no lasting change of a figure.'
      : `There is nothing to compare with yet: a series shows a change from its ${MIN_SERIES}th run on.`;
    return { kind: 'prose', tone: 'quiet', text };
  }
  return {
    kind: 'table',
    caption: 'Changes',
    head: ['since', 'commit', 'target', 'figure', 'change', 'ratio', 'by'],
    rows: changes.map(({ figure, change, run, target, series: index }): Text[] => [
      formatTime(run.at),
      { code: formatCommit(run.commit) },
      [{ name: target, series: index }],
      figure,
      { status: change.verdict === 'faster' ? 'ok' : 'violated', text: change.verdict },
      ratioText(change.ratio),
      causeText(change),
    ]),
  };
}

function brokenChapter({ broken }: HistoryReport): Chapter {
  return {
    id: 'broken',
    title: 'Lines that could not be read',
    blocks: [
      {
        kind: 'table',
        head: ['file', 'line', 'why'],
        rows: broken.map(({ file, line, reason }): Text[] => [{ code: file }, String(line), reason]),
      },
    ],
  };
}

function seriesChapter(series: HistorySeries, number: number): Chapter {
  const { target, runs, leftOut, figures, canaries } = series;
  const [first, last] = [runs[0], runs.at(-1)];
  return {
    id: `series-${number}`,
    title: `${target}, series ${number}`,
    blocks: [
      {
        kind: 'facts',
        rows: [
          [
            'runs',
            `${runs.length}${leftOut === 0 ? '' : `, and ${leftOut} left out that ${leftOut === 1 ? 'was' : 'were'} not ok`}`,
          ],
          ...(first === undefined || last === undefined
            ? []
            : [
                first === last
                  ? (['at', runText(first)] as const)
                  : (['from', `${runText(first)} to ${runText(last)}`] as const),
              ]),
          ['settings', settingsText(series)],
          ['machine', machineText(series)],
        ],
      },
      ...(runs.length < 2 ? [] : [seriesChart([...figures, ...canaries])]),
      ...(figures.length === 0 ? [] : [levelTable('Since the last change', figures)]),
      ...(canaries.length === 0 ? [] : [levelTable('Canaries: the machine alone', canaries)]),
    ],
  };
}

/** Each figure relative to its own first runs, so that all of them fit on one axis. */
function seriesChart(figures: readonly HistoryFigure[]): ChartBlock {
  return {
    kind: 'chart',
    title: 'Figures over the runs',
    note: 'Each figure is divided by its latest usual value; marks show where it changed. Runs are counted from 1.',
    chart: { kind: 'lines', x: 'runs', y: 'ratio', views: figures.map(viewOf) },
  };
}

function viewOf({ name, values, level, changes }: HistoryFigure): ChartView {
  const marks = changes.map(({ run, verdict }): ChartMark => ({ at: run + 1, label: verdict }));
  return {
    name,
    series: [
      {
        label: name,
        color: 0,
        dashed: false,
        points: values.flatMap((value, run) => (value === null ? [] : [[run + 1, value / level.mean]])),
      },
    ],
    ...(marks.length === 0 ? {} : { marks }),
  };
}

function levelTable(caption: string, figures: readonly HistoryFigure[]): TableBlock {
  return {
    kind: 'table',
    caption,
    head: ['figure', 'usual, and its 95 % interval', 'trend per run', 'of', 'what it is'],
    rows: figures.map((figure): Text[] => [
      figure.name,
      levelText(figure),
      trendText(figure),
      plural(figure.level.runs, 'run'),
      { quiet: findMetric(figure.name)?.text ?? CANARIES[figure.name as keyof typeof CANARIES] ?? '' },
    ]),
  };
}
