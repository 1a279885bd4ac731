/** The judgement of one part of the evidence: what every rule found and counted in it, as plain data. Pure. */
import type { EvidencePart } from '../../scenarios/evidence.ts';
import type { HistoryEntry } from '../../scenarios/evidence/model/history.ts';
import { audit } from './rules/audit.ts';
import { compareAnswers, type ComparedPart } from './rules/answersCompared.ts';
import { beside } from './rules/beside.ts';
import { openCase } from './facts/caseFile.ts';
import { claims } from './rules/claims.ts';
import { effects } from './rules/effects.ts';
import { exclusion } from './rules/exclusion.ts';
import type { Gaps } from './facts/gaps.ts';
import { linearizability } from './rules/linearizability.ts';
import { listedIn, type ListedPart, type ScanInterest } from './facts/listed.ts';
import { lookAtLiveness, type LivenessPart } from './rules/liveness.ts';
import { powerIn, type PowerPart } from './power.ts';
import { replay } from './rules/replay.ts';
import { revisionChain } from './rules/revisionChain.ts';
import type { Rule, RulePart } from './rules/rule.ts';
import { tallyEffects, type TallyPart } from './tally.ts';

/** The rules that conclude from what they counted. `scans` and `liveness` need more than that. */
export const COUNTING_RULES: readonly Rule[] = [
  exclusion,
  revisionChain,
  effects,
  replay,
  linearizability,
  audit,
  claims,
  beside,
];

export interface JudgedPart {
  /** In the order of COUNTING_RULES. */
  readonly rules: readonly RulePart[];
  readonly liveness: LivenessPart;
  readonly scans: readonly HistoryEntry[];
  readonly listed: ListedPart;
  readonly power: PowerPart;
  readonly tally: TallyPart;
  readonly compared: ComparedPart;
}

/** `gaps` and `interest`: of the whole evidence. */
export function judgePart(part: EvidencePart, gaps: Gaps, interest: ScanInterest): JudgedPart {
  const file = openCase(part, gaps);
  return {
    rules: COUNTING_RULES.map((rule) => rule.look(file)),
    liveness: lookAtLiveness(file),
    scans: file.scans,
    listed: listedIn(file, interest),
    power: powerIn(file),
    tally: tallyEffects(file),
    compared: compareAnswers(part),
  };
}
