/** Finds violations with the same observed cause. Guessed causes do not count. */
import { IN_BETWEEN } from '../suites/harness/failing/cause.ts';
import type { ClauseResult } from '../suites/result.ts';

export interface SharedViolation {
  /** What the violations have in common. */
  readonly what: string;
  readonly clauses: readonly string[];
}

/**
 * Groups of at least two violations that showed the same symptom (the same call failed with the same error, or the same
 * process was lost), or whose contrasts showed the same cause.
 */
export function sharedViolations(clauses: readonly ClauseResult[]): SharedViolation[] {
  const met = new Map<string, string[]>();
  for (const { clause, status, counterexample } of clauses) {
    const what = counterexample?.symptom ?? counterexample?.cause;
    if (status !== 'violated' || what === undefined || what === IN_BETWEEN) continue;
    met.set(what, [...(met.get(what) ?? []), clause]);
  }
  return [...met]
    .map(([what, ids]) => ({ what, clauses: ids }))
    .filter(({ clauses: ids }) => ids.length > 1)
    .toSorted((a, b) => b.clauses.length - a.clauses.length);
}

/** `LOCK-01, LOCK-06 and STREAM-03 have one thing in common: …`. */
export function sharedText({ what, clauses }: SharedViolation): string {
  const last = clauses.at(-1) ?? '';
  return `${clauses.slice(0, -1).join(', ')} and ${last} have one thing in common: ${what}`;
}
