/** Judges the evidence of a drill. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Evidence, EvidenceHeader } from '../../scenarios/evidence.ts';
import { readProbes, readSteps, type DrillEntry, type DrillLine } from '../../scenarios/drill/stepFile.ts';
import type { ProbeLine } from '../../scenarios/load/service/authorityProbe.ts';
import { evidenceError } from '../../scenarios/evidence/evidenceError.ts';
import { PROBES_FILE, STEPS_FILE } from '../../scenarios/evidence/files.ts';
import { readEvidence } from '../../scenarios/evidence/readEvidence.ts';
import { judge } from '../judge/index.ts';
import type { Judgement } from '../result.ts';
import { judgeAuthority } from './authority.ts';
import type { AuthorityResult, DrillJudgement, EndComparison, StepResult } from './result.ts';
import { stepResults } from './steps.ts';
import { plural } from '../counts.ts';

export interface JudgedDrill extends DrillJudgement {
  readonly header: EvidenceHeader;
  readonly source: string;
  readonly target: string;
}

/** Errors: those of readEvidence. */
export async function judgeDrill(dir: string): Promise<JudgedDrill> {
  const entries = await readSteps(join(dir, STEPS_FILE));
  const evidence = await readEvidence(dir);
  const drill = entries.find((entry): entry is DrillLine => entry.type === 'drill');
  if (drill === undefined)
    throw evidenceError('EVIDENCE_MALFORMED', STEPS_FILE, 'Expected what was drilled, as its first line');
  const { source, target } = drill;
  const path = join(dir, PROBES_FILE);
  const probes = existsSync(path) ? await readProbes(path) : [];
  return { header: evidence.header, source, target, ...judgeEntries(evidence, drill, entries, probes) };
}

/** Judges the recorded entries. Pure. */
export function judgeEntries(
  evidence: Evidence,
  drill: DrillLine,
  entries: readonly DrillEntry[],
  probes: readonly ProbeLine[] = [],
): DrillJudgement {
  const judgement = judge(evidence);
  const steps = stepResults(evidence, {
    drill,
    steps: entries.filter((entry) => entry.type === 'step'),
    troubles: entries.filter((entry) => entry.type === 'trouble'),
  });
  const handedOver = entries.flatMap((entry) =>
    entry.type === 'step' && 'times' in entry.figures && entry.problem === undefined ? [entry] : [],
  );
  const finish = entries.find((entry) => entry.type === 'step' && entry.name === 'finish');
  const authority = judgeAuthority(probes, handedOver, finish?.type === 'step' ? finish.from : undefined);
  const comparison = comparisonIn(entries);
  const judged = { judgement, steps, authority, comparison };
  return { ...judged, ...conclude(judged, drill) };
}

function comparisonIn(entries: readonly DrillEntry[]): EndComparison | null {
  const end = entries.find((entry) => entry.type === 'end');
  if (end?.compared === undefined) return null;
  const { compared, owed = 0, differences = [], finished } = end;
  // While the fleet writes, a few writes always wait for their copy. The move refuses to finish if more than those
  // wait, so nothing counts as owed once it has finished.
  return { compared, owed: finished === true ? 0 : owed, differences };
}

interface Judged {
  readonly judgement: Judgement;
  readonly steps: readonly StepResult[];
  readonly authority: AuthorityResult;
  readonly comparison: EndComparison | null;
}

/** A violation counts, whatever else is missing. */
function conclude(judged: Judged, drill: DrillLine): Pick<DrillJudgement, 'verdict' | 'reason'> {
  const broken = brokenIn(judged);
  if (broken !== undefined) return { verdict: 'violated', reason: broken };
  const open = openIn(judged, drill);
  if (open !== undefined) return { verdict: 'inconclusive', reason: open };
  return { verdict: 'ok', reason: `all ${drill.steps.length} steps held` };
}

function brokenIn({ judgement, steps, authority, comparison }: Judged): string | undefined {
  const [finding] = authority.findings;
  if (finding !== undefined)
    return `more than one side had the authority, or a writer was accepted that should not be: ${finding}`;
  if (judgement.verdict === 'violated') return trimmed(judgement.reason);
  const step = steps.find(({ verdict }) => verdict === 'violated');
  if (step !== undefined) return `in the step "${step.name}" ${step.reason ?? ''}`;
  const [difference] = comparison?.differences ?? [];
  if (difference !== undefined) return `the sides differ at the end: ${difference}`;
  if ((comparison?.owed ?? 0) > 0)
    return `${plural(comparison?.owed ?? 0, 'write')} still not copied at the end, after repair`;
  return undefined;
}

function openIn({ judgement, steps, comparison }: Judged, drill: DrillLine): string | undefined {
  const step = steps.find(({ verdict }) => verdict === 'inconclusive');
  if (step !== undefined) return `in the step "${step.name}" ${step.reason ?? ''}`;
  if (judgement.verdict === 'inconclusive') return trimmed(judgement.reason);
  if (steps.length < drill.steps.length)
    return `only ${steps.length} of ${drill.steps.length} steps were taken`;
  return comparison === null ? 'the sides could not be compared at the end' : undefined;
}

function trimmed(reason: string): string {
  return reason.replace(/\.+$/, '');
}
