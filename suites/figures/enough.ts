/** How many rounds would decide what is not decided yet. */
import type { PairedRatio } from './statistics/paired.ts';
import { tOf95 } from './statistics/student.ts';

/** Of more than this nobody waits for the end. */
const MOST_ROUNDS = 500;
/** What tOf95 comes down to with many degrees. */
const NORMAL_95 = 1.95;

/** Parts of the base: a change exceeds `threshold`, what is equivalent stays within `margin`. */
export interface Limits {
  readonly threshold: number;
  readonly margin: number;
}

/**
 * About so many, if ratio and noise stay what they were; null: more than MOST_ROUNDS. A difference beyond the threshold is
 * decided once the interval excludes 1, a smaller one once the interval fits into the margin.
 */
export function roundsToDecide(
  { ratio, sd }: Pick<PairedRatio, 'ratio' | 'sd'>,
  { threshold, margin }: Limits,
): number | null {
  const distance = Math.abs(Math.log(ratio));
  const needed = distance > Math.log1p(threshold) ? distance : Math.log1p(margin) - distance;
  if (!(needed > 0)) return null;
  // A t-interval is a little wider than a normal one.
  const least = Math.max(2, Math.ceil(((NORMAL_95 * sd) / needed) ** 2));
  for (let rounds = least; rounds <= MOST_ROUNDS; rounds += 1)
    if ((tOf95(rounds - 1) * sd) / Math.sqrt(rounds) < needed) return rounds;
  return null;
}
