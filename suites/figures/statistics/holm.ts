/**
 * Holm's correction: of many metrics that did not change, some look changed by chance. Each p grows so far that the chance of
 * one false alarm among all of them stays what it was for one.
 */
export function holm(ps: readonly number[]): number[] {
  const adjusted: number[] = [];
  let largest = 0;
  for (const [rank, { p, index }] of ps
    .map((p, index) => ({ p, index }))
    .toSorted((a, b) => a.p - b.p)
    .entries()) {
    largest = Math.max(largest, Math.min(1, p * (ps.length - rank)));
    adjusted[index] = largest;
  }
  return adjusted;
}
