/** Derives the exit status from a result. */
import { exitStatusOf } from '../../suites/verdict.ts';
import type { RunResult } from '../model.ts';
import { countedVerdict } from './words.ts';

/** Thresholds only count if everything held, because figures of a wrong or undecided load mean nothing. */
export function runStatus(result: Pick<RunResult, 'certifications' | 'loads'>): RunResult['exitStatus'] {
  const status = exitStatusOf([
    ...result.certifications.map((certification) => ({
      verdict: countedVerdict(certification),
      negativeControl: false,
    })),
    ...result.loads.map(({ judgement, negativeControl }) => ({
      verdict: judgement.verdict,
      negativeControl,
    })),
  ]);
  const outcomes = result.loads.flatMap(({ thresholds = [] }) => thresholds.map(({ outcome }) => outcome));
  if (status !== 0) return status;
  if (outcomes.includes('missed')) return 4;
  return outcomes.includes('undecided') ? 3 : 0;
}
