/** A comparison in the form that renderers take. */
import type { TestCase, CaseGroup } from '../words/cases.ts';
import { renderJson } from '../renderers/json.ts';
import { BADGE_COLORS, COMPARE_FILES, type Recorded } from '../recorded.ts';
import { thresholdCase } from '../thresholds.ts';
import { compareDocument } from './document.ts';
import type { CompareReport } from './model.ts';
import { compareHeadline } from './words.ts';

export function recordedComparison(report: CompareReport): Recorded {
  return {
    files: COMPARE_FILES,
    json: renderJson(report),
    document: compareDocument(report),
    cases: () => casesOf(report),
    exitStatus: report.exitStatus,
    startedAt: report.startedAt,
    properties: {
      lockstep: report.lockstepVersion,
      contract: String(report.contractVersion),
      seed: String(report.seed),
    },
    badge: { message: compareHeadline(report), color: BADGE_COLORS[report.exitStatus] },
  };
}

/** The test cases: the runs, which must be correct; the deciding figures; the thresholds. */
function casesOf(report: CompareReport): CaseGroup[] {
  const { sides, rounds, comparisons, thresholds, refused } = report;
  const runs = rounds.flatMap(({ number, runs: all }) =>
    all.map(({ side, load }): TestCase => {
      const { verdict, reason } = load.judgement;
      const outcome = verdict === 'ok' ? 'passed' : verdict === 'violated' ? 'failed' : 'error';
      return {
        id: `round-${number}-${sides[side]?.name ?? side}`,
        name: 'every rule holds in this run',
        durationMs: load.durationMs,
        outcome,
        type: verdict,
        message: verdict === 'ok' ? '' : reason,
      };
    }),
  );
  const refusals = refused.map(({ text }): TestCase => ({
    id: 'comparable',
    name: 'the runs can be compared',
    durationMs: 0,
    outcome: 'error',
    type: 'refused',
    message: text,
  }));
  const limits = thresholds.map(thresholdCase);
  const figures = comparisons.map(({ side, metrics }) => ({
    name: `compare ${sides[side]?.name ?? ''} with ${sides[0]?.name ?? ''}`,
    durationMs: 0,
    // A comparison only informs. Thresholds say what must hold.
    cases: metrics.map(({ name, text, verdict, reason }): TestCase => ({
      id: name,
      name: text,
      durationMs: 0,
      outcome: verdict === 'inconclusive' ? 'skipped' : 'passed',
      type: verdict,
      message: reason,
    })),
  }));
  return [
    {
      name: 'compare runs',
      durationMs: runs.reduce((sum, one) => sum + one.durationMs, 0),
      cases: [...runs, ...refusals],
    },
    ...figures,
    ...(limits.length === 0 ? [] : [{ name: 'compare thresholds', durationMs: 0, cases: limits }]),
  ];
}
