/** A stress run in the form that renderers take. */
import { detailOf, type TestCase, type CaseGroup } from '../words/cases.ts';
import { renderJson } from '../renderers/json.ts';
import { BADGE_COLORS, STRESS_FILES, type Recorded } from '../recorded.ts';
import { loadArticle, stressDocument } from './document.ts';
import { stressStatus, warnings, type StressReport, type StressRun } from './model.ts';
import { runName, stressHeadline } from './words.ts';

export function recordedStress(report: StressReport): Recorded {
  const exitStatus = stressStatus(report);
  return {
    files: STRESS_FILES,
    json: renderJson(report),
    document: stressDocument(report),
    cases: () => casesOf(report),
    exitStatus,
    startedAt: report.startedAt,
    properties: { lockstep: report.lockstepVersion, seed: String(report.seed) },
    badge: { message: stressHeadline(report), color: BADGE_COLORS[exitStatus] },
  };
}

/** One group per target, and one case per load. */
function casesOf(report: StressReport): CaseGroup[] {
  const { runs, partial } = report;
  const weak = new Set(warnings(report));
  const targets = [...new Set(runs.map(({ target }) => target))];
  const groups = targets.map((target) => {
    const own = runs.filter((run) => run.target === target);
    return {
      name: `stress ${target}`,
      durationMs: own.reduce((sum, { durationMs }) => sum + durationMs, 0),
      cases: own.map((run) => caseOf(run, weak.has(run))),
    };
  });
  if (!partial) return groups;
  const end: TestCase = {
    id: 'end',
    name: 'The stress run finished.',
    durationMs: 0,
    outcome: 'error',
    type: 'interrupted',
    message: 'the run was interrupted',
  };
  return [...groups, { name: 'stress', durationMs: 0, cases: [end] }];
}

function caseOf(run: StressRun, isWarning: boolean): TestCase {
  const { verdict, durationMs, reason, broken, mix, seed } = run;
  const about = {
    id: `${mix}-${run.fault ?? 'no-fault'}-${seed}`,
    name: runName(run),
    durationMs,
    type: verdict,
  };
  if (verdict === 'ok') return { ...about, outcome: 'passed', message: '' };
  if (isWarning) return { ...about, outcome: 'skipped', type: 'weak', message: reason };
  return {
    ...about,
    outcome: verdict === 'violated' ? 'failed' : 'error',
    message: broken?.summary ?? reason,
    detail: detailOf([loadArticle(run)]),
  };
}
