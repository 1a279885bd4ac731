/** What `lockstep report --history` found, and all that its renderers are given. */
import type { HISTORY_VERSION, HistorySeries } from '../../suites/figures/history.ts';

export interface HistoryReport {
  readonly schemaVersion: typeof HISTORY_VERSION;
  readonly kind: 'history';
  readonly lockstepVersion: string;
  /** ISO-8601 UTC: when it was made. */
  readonly createdAt: string;
  /** The command that makes it again. */
  readonly repeat: string;
  readonly series: readonly HistorySeries[];
  /** Lines that could not be read. They are kept in their file. */
  readonly broken: readonly BrokenLine[];
}

export interface BrokenLine {
  /** Below the history's folder. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** What was expected and what came. */
  readonly reason: string;
}

/** 0, or 3 where lines are broken: what they held is not known. */
export function historyStatus({ broken }: HistoryReport): 0 | 3 {
  return broken.length === 0 ? 0 : 3;
}
