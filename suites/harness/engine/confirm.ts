/** Confirms a failure that only a long wait shows: it counts if the same program fails again. */

/** How often to run the program again at most, and for how long, in milliseconds. */
const MAX_RUNS = 20;
const BUDGET_MS = 6_000;

/** A failure that did not occur again, and in how many runs of the same program. */
export interface Unconfirmed {
  readonly summary: string;
  readonly runs: number;
}

/**
 * Runs a program at least once, until it fails. `fails` resolves to whether it failed. Resolves to undefined if it did.
 */
export async function unconfirmed(
  summary: string,
  fails: () => Promise<boolean>,
  now: () => number,
): Promise<Unconfirmed | undefined> {
  const until = now() + BUDGET_MS;
  for (let runs = 1; ; runs += 1) {
    if (await fails()) return undefined;
    if (runs === MAX_RUNS || now() >= until) return { summary, runs };
  }
}
