/** A history in the form that renderers take. */
import type { TestCase, CaseGroup } from '../words/cases.ts';
import { renderJson } from '../renderers/json.ts';
import { HISTORY_FILES, type Recorded } from '../recorded.ts';
import { historyDocument } from './document.ts';
import { historyStatus, type HistoryReport } from './model.ts';
import { causeText, changeText, historyHeadline, runText } from './words.ts';

export function recordedHistory(report: HistoryReport): Recorded {
  const exitStatus = historyStatus(report);
  return {
    files: HISTORY_FILES,
    json: renderJson(report),
    document: historyDocument(report),
    cases: () => casesOf(report),
    exitStatus,
    startedAt: report.createdAt,
    properties: { lockstep: report.lockstepVersion },
    badge: { message: historyHeadline(report), color: exitStatus === 0 ? 'blue' : 'yellow' },
  };
}

/** One group per series, and one case per figure. A history only informs. */
function casesOf({ series, broken }: HistoryReport): CaseGroup[] {
  const groups = series.map(({ target, figures, runs }, index) => ({
    name: `history ${target} ${index + 1}`,
    durationMs: 0,
    cases: figures.map(({ name, changes }): TestCase => {
      const last = changes.at(-1);
      const run = last === undefined ? undefined : runs[last.run];
      const message =
        last === undefined || run === undefined
          ? ''
          : `${changeText(last)} since ${runText(run)}; ${causeText(last)}`;
      return { id: name, name: 'is what it was', durationMs: 0, outcome: 'passed', type: 'ok', message };
    }),
  }));
  const lines = broken.map(({ file, line, reason }): TestCase => ({
    id: `${file}:${line}`,
    name: 'can be read',
    durationMs: 0,
    outcome: 'error',
    type: 'broken',
    message: reason,
  }));
  return lines.length === 0 ? groups : [...groups, { name: 'history', durationMs: 0, cases: lines }];
}
