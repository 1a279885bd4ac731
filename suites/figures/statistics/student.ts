/** Student's t distribution, from jstat. */
import jstat from 'jstat';

/** Half the width of a 95 % interval in standard errors: of `degrees` of freedom, at least 1. */
export function tOf95(degrees: number): number {
  return jstat.studentt.inv(0.975, degrees);
}

/** How probable a value at least so far from 0, on either side, is by chance. */
export function twoSidedP(t: number, degrees: number): number {
  // The integral of jstat is none there.
  if (!Number.isFinite(t)) return Number.isNaN(t) ? 1 : 0;
  return Math.min(1, 2 * jstat.studentt.cdf(-Math.abs(t), degrees));
}
