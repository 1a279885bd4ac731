/** Derives the exit status from verdicts. */
import type { Verdict } from './result.ts';

/** One verdict of a run. For a negative control, `violated` is the success. */
export interface CountedVerdict {
  readonly verdict: Verdict;
  readonly negativeControl: boolean;
}

/** 1 if anything is violated; else 3 if anything is inconclusive or a negative control was not caught; else 0. */
export function exitStatusOf(verdicts: readonly CountedVerdict[]): 0 | 1 | 3 {
  if (verdicts.some((one) => one.verdict === 'violated' && !one.negativeControl)) return 1;
  const held = (one: CountedVerdict): boolean => one.verdict === (one.negativeControl ? 'violated' : 'ok');
  return verdicts.length > 0 && verdicts.every(held) ? 0 : 3;
}
