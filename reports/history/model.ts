/** The result of `lockstep report --history`, as its renderers receive it. */
import type { HISTORY_VERSION, HistorySeries } from '../../suites/figures/history.ts';

export interface HistoryReport {
  readonly schemaVersion: typeof HISTORY_VERSION;
  readonly kind: 'history';
  readonly lockstepVersion: string;
  /** The time of the report: ISO-8601 in UTC. */
  readonly createdAt: string;
  /** The command that creates the report again. */
  readonly repeat: string;
  readonly series: readonly HistorySeries[];
  /** Lines that could not be read. They stay in their files. */
  readonly broken: readonly BrokenLine[];
}

export interface BrokenLine {
  /** The path below the history's folder. */
  readonly file: string;
  /** The number of the line, from 1. */
  readonly line: number;
  /** What was expected, and what was found. */
  readonly reason: string;
}

/** 0; or 3 if any line is broken, because its content is unknown. */
export function historyStatus({ broken }: HistoryReport): 0 | 3 {
  return broken.length === 0 ? 0 : 3;
}
