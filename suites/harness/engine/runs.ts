/** How many cases of a clause are run. */

/** This share of the runs that were asked for is generated, however many examples there are. */
const LEAST_GENERATED = 0.5;

/**
 * As many as were `asked` for, of which at least half are generated. No more than that half where the clause claims
 * situations: its `examples` make every one of them.
 */
export function runsFor(asked: number, examples: number, claimsSituations: boolean): number {
  const least = examples + Math.ceil(asked * LEAST_GENERATED);
  return claimsSituations ? least : Math.max(asked, least);
}
