/** Figures of runs over time: their series, their usual level, and their changes. */
import { defined } from '../../adapters/contract/defined.ts';
import type { Verdict } from '../result.ts';
import { changePointsOf, type ChangePoint } from './statistics/changePoints.ts';
import { difference } from './difference.ts';
import { findMetric, METRIC_NAMES, type Unit } from './metrics.ts';
import { meanOf, sdOf } from './statistics/moments.ts';
import type { Interval } from './statistics/paired.ts';
import { tOf95 } from './statistics/student.ts';

export const HISTORY_VERSION = 1;

/** A git commit, and whether the files of the repository differ from it. */
export interface Commit {
  readonly id: string;
  readonly isChanged: boolean;
}

/** One run, or one side of a comparison: a line of the history. */
export interface RecordedRun {
  readonly schemaVersion: typeof HISTORY_VERSION;
  /** ISO-8601 in UTC. */
  readonly at: string;
  /** The target as the user named it. */
  readonly target: string;
  /** The commit of the target. Absent: its folder is in no repository. */
  readonly commit?: Commit;
  readonly lockstepVersion: string;
  readonly verdict: Verdict;
  /** What must be the same in all runs of a series. */
  readonly machine: Readonly<Record<string, string | number>>;
  readonly settings: Readonly<Record<string, string | number>>;
  /** By the names of METRICS. */
  readonly figures: Readonly<Record<string, number>>;
  /** The cost of work that does not depend on the target, measured just before the run, in µs, by CANARIES. */
  readonly canary?: Readonly<Record<string, number>>;
}

/** Work that does not depend on the target. */
export const CANARIES = {
  'bare-server': 'CPU time of a request to a bare node:http server, with its client',
  database: 'time of a small transaction on an embedded PostgreSQL server, as pgbench makes them',
} as const;

export interface HistorySeries {
  readonly target: string;
  readonly machine: RecordedRun['machine'];
  readonly settings: RecordedRun['settings'];
  /** The runs with the verdict ok, the oldest first. Figures of other runs do not count. */
  readonly runs: readonly HistoryRun[];
  /** The number of runs that were left out because they were not ok. */
  readonly leftOut: number;
  readonly figures: readonly HistoryFigure[];
  readonly canaries: readonly HistoryFigure[];
}

export type HistoryRun = Pick<RecordedRun, 'at' | 'commit'>;

export interface HistoryFigure {
  readonly name: string;
  readonly unit: Unit;
  readonly better: 'more' | 'less';
  /** The value in each run of the series. Null: it was not measured. */
  readonly values: readonly (number | null)[];
  /** The level since the last change: the geometric mean and, with at least two runs, its 95 % t-interval. */
  readonly level: { readonly mean: number; readonly interval?: Interval; readonly runs: number };
  /**
   * The trend since the last change, per run: 1.01 means 1 % more with each run. Absent with fewer than MIN_FOR_TREND
   * runs.
   */
  readonly trend?: { readonly perRun: number; readonly interval: Interval };
  readonly changes: readonly HistoryChange[];
}

export interface HistoryChange extends Omit<ChangePoint, 'index'> {
  /** The index in `runs` of the first run after the change. */
  readonly run: number;
  readonly verdict: 'faster' | 'slower';
  /** `machine`: the canaries changed with it. `code`: they did not change. `unknown`: there are none or too few. */
  readonly cause: 'machine' | 'code' | 'unknown';
}

/** With fewer runs, a line through them says nothing. */
const MIN_FOR_TREND = 5;
const MIN_CHANGE_OF_CANARY = 0.05;
/** The canary changed with the figure if its change is certain and at least this part of the figure's change. */
const CANARY_P = 0.01;
const CANARY_PART = 0.5;

/** The series in `entries`, grouped by target, machine and settings, in the order of their first entries. */
export function historyOf(entries: readonly RecordedRun[]): HistorySeries[] {
  const groups = new Map<string, RecordedRun[]>();
  for (const entry of entries.toSorted((a, b) => a.at.localeCompare(b.at, 'en'))) {
    const key = JSON.stringify([entry.target, sorted(entry.machine), sorted(entry.settings)]);
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  return [...groups.values()].map(seriesOf);
}

function sorted(record: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(record).toSorted(([a], [b]) => a.localeCompare(b, 'en'));
}

function seriesOf(group: readonly RecordedRun[]): HistorySeries {
  const { target, machine, settings } = group[0] as RecordedRun;
  const counted = group.filter(({ verdict }) => verdict === 'ok');
  const canaries = Object.keys(CANARIES).flatMap((name) =>
    figureOf(
      name,
      { unit: 'µs', better: 'less', least: MIN_CHANGE_OF_CANARY },
      counted.map(({ canary }) => canary?.[name]),
      [],
    ),
  );
  return {
    target,
    machine,
    settings,
    runs: counted.map(({ at, commit }) => ({ at, ...defined({ commit }) })),
    leftOut: group.length - counted.length,
    figures: METRIC_NAMES.flatMap((name) => {
      const metric = findMetric(name);
      if (metric === undefined) return [];
      const { unit, bounds } = metric;
      return figureOf(
        name,
        { unit, better: bounds.better, least: bounds.change },
        counted.map(({ figures }) => figures[name]),
        canaries,
      );
    }),
    canaries,
  };
}

/** Runs without the figure are left out, and so is a figure of 0, because it has no logarithm. */
function figureOf(
  name: string,
  { unit, better, least }: Pick<HistoryFigure, 'unit' | 'better'> & { readonly least: number },
  measured: readonly (number | undefined)[],
  canaries: readonly HistoryFigure[],
): HistoryFigure[] {
  const values = measured.map((value) => (value !== undefined && value > 0 ? value : null));
  const places = values.flatMap((value, place) => (value === null ? [] : [place]));
  if (places.length === 0) return [];
  const series = places.map((place) => values[place] as number);
  const points = changePointsOf(series, least);
  const since = series.slice(points.at(-1)?.index ?? 0).map(Math.log);
  const trend = trendOf(since);
  return [
    {
      name,
      unit,
      better,
      values,
      level: levelOf(since),
      ...defined({ trend }),
      changes: points.map(({ index, ...point }, at): HistoryChange => {
        const from = points[at - 1]?.index ?? 0;
        const to = points[at + 1]?.index ?? series.length;
        const [left, right] = [places.slice(from, index), places.slice(index, to)];
        return {
          ...point,
          run: places[index] as number,
          verdict: point.ratio > 1 === (better === 'more') ? 'faster' : 'slower',
          cause: causeOf(slowness(point.ratio, better), left, right, canaries),
        };
      }),
    },
  ];
}

/** Above 0: slower than before. */
function slowness(ratio: number, better: HistoryFigure['better']): number {
  return better === 'less' ? Math.log(ratio) : -Math.log(ratio);
}

function causeOf(
  slower: number,
  left: readonly number[],
  right: readonly number[],
  canaries: readonly HistoryFigure[],
): HistoryChange['cause'] {
  let isKnown = false;
  for (const { values } of canaries) {
    const at = (places: readonly number[]): number[] =>
      places.flatMap((place) => {
        const value = values[place];
        return value === null || value === undefined ? [] : [Math.log(value)];
      });
    const [before, after] = [at(left), at(right)];
    if (before.length < 2 || after.length < 2) continue;
    isKnown = true;
    const moved = difference(before, after);
    if (moved.p <= CANARY_P && (moved.after - moved.before) / slower >= CANARY_PART) return 'machine';
  }
  return isKnown ? 'code' : 'unknown';
}

function levelOf(logs: readonly number[]): HistoryFigure['level'] {
  const mean = meanOf(logs);
  const runs = logs.length;
  if (runs < 2) return { mean: Math.exp(mean), runs };
  const half = (tOf95(runs - 1) * sdOf(logs)) / Math.sqrt(runs);
  return { mean: Math.exp(mean), interval: around(mean, half), runs };
}

/** The regression line by least squares. */
function trendOf(logs: readonly number[]): HistoryFigure['trend'] | undefined {
  const runs = logs.length;
  if (runs < MIN_FOR_TREND) return undefined;
  const middle = (runs - 1) / 2;
  const mean = meanOf(logs);
  const spread = logs.reduce((sum, _, place) => sum + (place - middle) ** 2, 0);
  const slope = logs.reduce((sum, log, place) => sum + (place - middle) * (log - mean), 0) / spread;
  const squares = logs.reduce((sum, log, place) => sum + (log - mean - slope * (place - middle)) ** 2, 0);
  const half = tOf95(runs - 2) * Math.sqrt(squares / (runs - 2) / spread);
  return { perRun: Math.exp(slope), interval: around(slope, half) };
}

function around(log: number, half: number): Interval {
  return { low: Math.exp(log - half), high: Math.exp(log + half) };
}
