/**
 * The judge: decides from a scenario's evidence alone, for a live run and for recorded evidence alike. Pure: the
 * same evidence gets the same judgement.
 */
import type { Evidence } from '../../scenarios/evidence.ts';
import type { Judgement, RuleResult } from '../result.ts';
import { judgeAudit } from './audit.ts';
import { openCase } from './caseFile.ts';
import { judgeClaims } from './claims.ts';
import { judgeEffects } from './effects.ts';
import { judgeExclusion } from './exclusion.ts';
import { judgeLinearizability } from './linearizability.ts';
import { countPower } from './power.ts';
import { judgeReplay } from './replay.ts';
import { judgeRevisionChain } from './revisionChain.ts';
import { judgeScans } from './scans.ts';
import { conclude } from './verdict.ts';

export function judge(evidence: Evidence): Judgement {
  const file = openCase(evidence);
  const rules: RuleResult[] = [
    judgeExclusion(file),
    judgeRevisionChain(file),
    judgeEffects(file),
    judgeReplay(file),
    judgeLinearizability(file),
    judgeAudit(file),
    judgeScans(file),
    judgeClaims(file),
    LIVENESS,
  ];
  return conclude(rules, file.gaps, countPower(file), file.header.minimums);
}

/** Recovery is measured after a fault. */
const LIVENESS: RuleResult = {
  rule: 'liveness',
  verdict: 'not-applicable',
  detail: 'no fault was injected',
  checked: 0,
  violations: 0,
  findings: [],
};
