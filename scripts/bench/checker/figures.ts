/** The middle of a few measurements, and how far they are apart. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** `1.20 (1.10–1.40)`. */
export function range(values: readonly number[]): string {
  const show = (value: number): string => value.toFixed(2);
  return `${show(median(values))} (${show(Math.min(...values))}–${show(Math.max(...values))})`;
}
