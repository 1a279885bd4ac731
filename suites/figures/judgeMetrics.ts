/** Judges several metrics of the same rounds together. */
import { defined } from '../../adapters/contract/defined.ts';
import { holm } from './statistics/holm.ts';
import { pairedRatio, type Pair, type PairedRatio } from './statistics/paired.ts';
import { judgeRatio, type Bounds, type JudgedRatio } from './verdict.ts';

export interface MeasuredMetric {
  readonly name: string;
  readonly bounds: Bounds;
  /** One pair per round in which both sides have the figure. At least one. */
  readonly pairs: readonly Pair[];
  /** The base's two runs in each round. Empty: it ran once per round. */
  readonly itself: readonly Pair[];
}

export interface JudgedMetric extends JudgedRatio {
  readonly name: string;
  readonly ratio: PairedRatio;
  /** The base against itself. Absent: it ran once per round. */
  readonly itself?: PairedRatio;
}

/**
 * Verdicts of all `metrics`, in their order.
 *
 * @param gate The one metric that was named before anything was measured: it alone is judged by its own p, the others
 *   corrected for their number.
 */
export function judgeMetrics(metrics: readonly MeasuredMetric[], gate?: string): JudgedMetric[] {
  const ratios = metrics.map(({ pairs }) => pairedRatio(pairs));
  // An exact count does not depend on chance.
  const uncertain = metrics.flatMap(({ bounds }, index) => (bounds.isExact === true ? [] : [index]));
  const corrected = new Map<number, number>();
  for (const [place, p] of holm(uncertain.map((index) => (ratios[index] as PairedRatio).p)).entries())
    corrected.set(uncertain[place] as number, p);
  return metrics.map(({ name, bounds, itself: twice }, index) => {
    const ratio = ratios[index] as PairedRatio;
    const itself = twice.length === 0 ? undefined : pairedRatio(twice);
    const p = name === gate ? ratio.p : corrected.get(index);
    return {
      name,
      ratio,
      ...defined({ itself }),
      ...judgeRatio(ratio, itself, bounds, p),
    };
  });
}
