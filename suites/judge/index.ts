/**
 * The judge: decides from a scenario's evidence alone, for a live run and for recorded evidence alike. Pure: the
 * same evidence gets the same judgement.
 */
import type { Evidence } from '../../scenarios/evidence.ts';
import type { Judgement, RuleResult } from '../result.ts';
import { judgeAudit } from './audit.ts';
import { compareAnswers } from './answersCompared.ts';
import { openCase } from './caseFile.ts';
import { judgeBeside } from './beside.ts';
import { judgeClaims } from './claims.ts';
import { judgeEffects } from './effects.ts';
import { judgeExclusion } from './exclusion.ts';
import { judgeLinearizability } from './linearizability.ts';
import { countPower } from './power.ts';
import { judgeReplay } from './replay.ts';
import { judgeLiveness } from './liveness.ts';
import { tallyFaults } from './recovery.ts';
import { judgeRevisionChain } from './revisionChain.ts';
import { judgeScans } from './scans.ts';
import { tallyEffects } from './tally.ts';
import { conclude, refuseCut, refuseStorage } from './verdict.ts';

export function judge(evidence: Evidence): Judgement {
  if (evidence.cut !== undefined) return refuseCut(evidence.header, evidence.cut);
  const failure = evidence.header.storageFailure;
  if (failure !== undefined) return refuseStorage(evidence.header, failure);
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
    judgeLiveness(file),
    judgeBeside(file),
  ];
  return {
    ...conclude({
      rules,
      gaps: file.gaps,
      disagreement: compareAnswers(evidence),
      power: countPower(file),
      minimums: file.header.minimums,
    }),
    tally: tallyEffects(file),
    ...(file.header.faults === undefined ? {} : { faults: tallyFaults(file.header.faults, file.strikes) }),
  };
}
