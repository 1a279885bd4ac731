/**
 * Holm's correction. Among many unchanged metrics some look changed by chance. Each p is increased so that the chance
 * of any false alarm among all of them is that of a single metric.
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
