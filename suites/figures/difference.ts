/** Tests whether two samples of logarithms of figures differ. */
import { meanOf, sdOf } from './statistics/moments.ts';
import { twoSidedP } from './statistics/student.ts';

export interface Difference {
  /** The means. */
  readonly before: number;
  readonly after: number;
  readonly p: number;
}

/**
 * Student's t-test of two samples with equal variances, so that one sample may have a single value. Neither may be
 * empty.
 */
export function difference(left: readonly number[], right: readonly number[]): Difference {
  const [before, after] = [meanOf(left), meanOf(right)];
  const degrees = left.length + right.length - 2;
  if (degrees < 1 || before === after) return { before, after, p: 1 };
  const variance = (squaresOf(left) + squaresOf(right)) / degrees;
  const error = Math.sqrt(variance * (1 / left.length + 1 / right.length));
  return { before, after, p: twoSidedP((after - before) / error, degrees) };
}

function squaresOf(values: readonly number[]): number {
  return values.length < 2 ? 0 : sdOf(values) ** 2 * (values.length - 1);
}
