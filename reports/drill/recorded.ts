/** A drill in the form that renderers take. */
import type { StepResult } from '../../suites/drill/result.ts';
import type { TestCase } from '../words/cases.ts';
import { renderJson } from '../renderers/json.ts';
import { BADGE_COLORS, DRILL_FILES, type Recorded } from '../recorded.ts';
import { drillDocument, drillHeadline, stepText } from './document.ts';
import { drillStatus, type DrillReport } from './model.ts';

export function recordedDrill(report: DrillReport): Recorded {
  const exitStatus = drillStatus(report);
  const { source, target, seed, lockstepVersion, durationMs } = report;
  return {
    files: DRILL_FILES,
    json: renderJson(report),
    document: drillDocument(report),
    cases: () => [
      {
        name: `drill ${source} → ${target}`,
        durationMs,
        cases: [...report.steps.map(caseOf), wholeOf(report)],
      },
    ],
    exitStatus,
    startedAt: report.startedAt,
    properties: { lockstep: lockstepVersion, seed: String(seed) },
    badge: { message: drillHeadline(report), color: BADGE_COLORS[exitStatus] },
  };
}

function caseOf(step: StepResult): TestCase {
  const { number, name, durationMs, verdict, reason = '' } = step;
  const about = { id: `step-${number}`, name: stepText(step), durationMs, type: verdict };
  if (verdict === 'ok') return { ...about, outcome: 'passed', message: '' };
  return { ...about, outcome: verdict === 'violated' ? 'failed' : 'error', message: `${name}: ${reason}` };
}

/** The test case for what no single step shows. */
function wholeOf({ verdict, reason, partial }: DrillReport): TestCase {
  const about = {
    id: 'whole',
    name: 'One history over both sides and all steps.',
    durationMs: 0,
    type: partial ? 'interrupted' : verdict,
  };
  if (verdict === 'violated') return { ...about, outcome: 'failed', message: reason };
  if (verdict === 'ok' && !partial) return { ...about, outcome: 'passed', message: '' };
  return { ...about, outcome: 'error', message: partial ? 'the drill was interrupted' : reason };
}
