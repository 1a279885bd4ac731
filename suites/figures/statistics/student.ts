/** Student's t distribution, from jstat. */
import jstat from 'jstat';

/** Half the width of a 95 % interval, in standard errors. `degrees` of freedom: at least 1. */
export function tOf95(degrees: number): number {
  return jstat.studentt.inv(0.975, degrees);
}

/** The probability of a value at least this far from 0, in either direction, by chance. */
export function twoSidedP(t: number, degrees: number): number {
  // jstat cannot integrate this.
  if (!Number.isFinite(t)) return Number.isNaN(t) ? 1 : 0;
  return Math.min(1, 2 * jstat.studentt.cdf(-Math.abs(t), degrees));
}
