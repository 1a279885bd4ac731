/** The exit status that follows from a result. */
import { exitStatusOf } from '../suites/verdict.ts';
import type { RunResult } from './model.ts';
import { countedVerdict } from './words.ts';

export function runStatus(result: Pick<RunResult, 'certifications' | 'loads'>): RunResult['exitStatus'] {
  return exitStatusOf([
    ...result.certifications.map((certification) => ({
      verdict: countedVerdict(certification),
      negativeControl: false,
    })),
    ...result.loads.map(({ judgement, negativeControl }) => ({
      verdict: judgement.verdict,
      negativeControl,
    })),
  ]);
}
