import { medianOf } from '../../../scenarios/median.ts';

/** The median and the range of a few measurements: `1.20 (1.10–1.40)`. */
export function range(values: readonly number[]): string {
  const show = (value: number): string => value.toFixed(2);
  return `${show(medianOf(values))} (${show(Math.min(...values))}–${show(Math.max(...values))})`;
}
