/** Estimates how many rounds would decide an undecided comparison. */
import type { PairedRatio } from './statistics/paired.ts';
import { tOf95 } from './statistics/student.ts';

/** Nobody waits for more rounds than this. */
const MAX_ROUNDS = 500;
/** The limit of tOf95 for many degrees of freedom. */
const NORMAL_95 = 1.95;

/** Parts of the base: a change exceeds `threshold`, an equivalence stays within `margin`. */
export interface Limits {
  readonly threshold: number;
  readonly margin: number;
}

/**
 * The approximate number of rounds, if the ratio and the noise stay the same. Null: more than MAX_ROUNDS. A difference
 * beyond the threshold is decided when the interval excludes 1; a smaller one when the interval fits into the margin.
 */
export function roundsToDecide(
  { ratio, sd }: Pick<PairedRatio, 'ratio' | 'sd'>,
  { threshold, margin }: Limits,
): number | null {
  const distance = Math.abs(Math.log(ratio));
  const needed = distance > Math.log1p(threshold) ? distance : Math.log1p(margin) - distance;
  if (!(needed > 0)) return null;
  // A t-interval is slightly wider than a normal one.
  const least = Math.max(2, Math.ceil(((NORMAL_95 * sd) / needed) ** 2));
  for (let rounds = least; rounds <= MAX_ROUNDS; rounds += 1)
    if ((tOf95(rounds - 1) * sd) / Math.sqrt(rounds) < needed) return rounds;
  return null;
}
