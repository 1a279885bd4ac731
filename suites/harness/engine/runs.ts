/** How many cases of a clause are run. */

/** The share of the requested runs that is generated, however many examples there are. */
const MIN_GENERATED = 0.5;

/**
 * The number of runs: all examples, and at least half of the `asked` runs as generated ones. If the clause has
 * situations, it is exactly that, because its `examples` produce every situation. Otherwise it is at least `asked`.
 */
export function runsFor(asked: number, examples: number, claimsSituations: boolean): number {
  const least = examples + Math.ceil(asked * MIN_GENERATED);
  return claimsSituations ? least : Math.max(asked, least);
}
