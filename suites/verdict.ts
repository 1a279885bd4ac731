/** The exit status that follows from verdicts. */
import type { Verdict } from './result.ts';

/** One verdict of a run; a negative control must be caught, so for it `violated` is the success. */
export interface CountedVerdict {
  readonly verdict: Verdict;
  readonly negativeControl: boolean;
}

/** 1 any violation; else 3 when anything was inconclusive or a negative control was not caught; else 0. */
export function exitStatusOf(verdicts: readonly CountedVerdict[]): 0 | 1 | 3 {
  if (verdicts.some((one) => one.verdict === 'violated' && !one.negativeControl)) return 1;
  const held = (one: CountedVerdict): boolean => one.verdict === (one.negativeControl ? 'violated' : 'ok');
  return verdicts.length > 0 && verdicts.every(held) ? 0 : 3;
}
