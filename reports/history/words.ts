/** Texts of a history. */
import type {
  HistoryChange,
  HistoryFigure,
  HistoryRun,
  HistorySeries,
} from '../../suites/figures/history.ts';
import { MIN_SERIES } from '../../suites/figures/statistics/changePoints.ts';
import { figureText, intervalText, ratioText } from '../words/figureTexts.ts';
import { formatBytes, formatCommit, formatTime, plural } from '../words/format.ts';
import type { HistoryReport } from './model.ts';

const CAUSES: Readonly<Record<HistoryChange['cause'], string>> = {
  code: 'the code: no canary moved',
  machine: 'the machine: a canary moved too',
  unknown: 'unknown: too few canaries',
};

/** The size of the history, and the latest change. */
export function historyHeadline(report: HistoryReport): string {
  const { series, broken } = report;
  const runs = series.reduce((sum, one) => sum + one.runs.length, 0);
  const changes = changesOf(series);
  const [latest] = changes;
  const told =
    latest === undefined
      ? canShowChange(series)
        ? 'no change'
        : 'too few to show a change'
      : `${plural(changes.length, 'change')}, the latest: ${latest.figure} of ${latest.target} is ${changeText(latest.change)}`;
  const lost = broken.length === 0 ? '' : `; ${plural(broken.length, 'line')} could not be read`;
  return `${plural(runs, 'run')} in ${plural(series.length, 'series', 'series')}: ${told}${lost}`;
}

/** Whether a series is long enough to show a change. */
export function canShowChange(series: readonly HistorySeries[]): boolean {
  return series.some(({ runs }) => runs.length >= MIN_SERIES);
}

export interface ToldChange {
  /** The index of the series. */
  readonly series: number;
  readonly target: string;
  readonly figure: string;
  readonly change: HistoryChange;
  /** The first run after the change. */
  readonly run: HistoryRun;
}

/** Every change of every series, the latest first. */
export function changesOf(series: readonly HistorySeries[]): ToldChange[] {
  const changes = series.flatMap(({ figures, runs, target }, index) =>
    figures.flatMap(({ name, changes }) =>
      changes.map((change) => ({
        series: index,
        target,
        figure: name,
        change,
        run: runs[change.run] as HistoryRun,
      })),
    ),
  );
  return changes.toSorted((a, b) => b.run.at.localeCompare(a.run.at, 'en'));
}

/** `8 % slower`, for times and for rates. */
export function changeText({ ratio, verdict }: HistoryChange): string {
  return `${verdict}, ratio ${ratioText(ratio)}`;
}

export function causeText({ cause }: HistoryChange): string {
  return CAUSES[cause];
}

/** `2026-01-31 08:15:00 UTC, commit 1a2b3c4d5e6f`. */
export function runText({ at, commit }: HistoryRun): string {
  const told = formatCommit(commit);
  return told === '' ? formatTime(at) : `${formatTime(at)}, commit ${told}`;
}

/** The level since the last change. */
export function levelText({ level, unit }: HistoryFigure): string {
  const { mean, interval } = level;
  if (interval === undefined) return figureText(mean, unit);
  return `${figureText(mean, unit)}, ${figureText(interval.low, unit)} to ${figureText(interval.high, unit)}`;
}

/** The trend per run. A dash if there are too few runs. */
export function trendText({ trend }: HistoryFigure): string {
  return trend === undefined ? '–' : intervalText(trend.interval);
}

export function settingsText({ settings }: HistorySeries): string {
  return namesAndValues(settings);
}

export function machineText({ machine }: HistorySeries): string {
  const { memoryBytes, ...others } = machine;
  const memory = typeof memoryBytes === 'number' ? { memory: formatBytes(memoryBytes) } : {};
  return namesAndValues({ ...others, ...memory });
}

function namesAndValues(record: Readonly<Record<string, string | number>>): string {
  return Object.entries(record)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
