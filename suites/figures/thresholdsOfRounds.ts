/** Applies thresholds to the rounds of a comparison. */
import { isCount } from './metrics.ts';
import { meanOf, sdOf } from './statistics/moments.ts';
import type { Interval } from './statistics/paired.ts';
import type { FiguresOfRun, MetricComparison } from './rounds.ts';
import { tOf95 } from './statistics/student.ts';
import { applyOnce, applyWithin, type Threshold, type ThresholdOutcome } from './thresholds.ts';
import { MIN_ROUNDS } from './verdict.ts';

/** The outcome of `threshold` for the side with these `metrics`. `of`: the name of the side. */
export function applyToSide(
  threshold: Threshold,
  of: string,
  {
    rounds,
    side,
    metrics,
  }: {
    readonly rounds: readonly (readonly FiguresOfRun[])[];
    readonly side: number;
    readonly metrics: readonly MetricComparison[];
  },
): ThresholdOutcome {
  const undecided = (reason: string): ThresholdOutcome => ({
    ...threshold,
    of,
    outcome: 'undecided',
    reason,
  });
  const tooFew = (count: number): string =>
    `it needs ${MIN_ROUNDS} rounds, and was measured in ${count}${count === 0 ? '' : ' of them'}`;
  const isExact = isCount(threshold.metric);
  if (threshold.isRatio) {
    const ratio = metrics.find(({ name }) => name === threshold.metric)?.ratio;
    if (isExact && ratio !== undefined) return applyOnce(threshold, of, ratio.ratio);
    if (ratio?.interval === undefined || ratio.rounds < MIN_ROUNDS)
      return undecided(tooFew(ratio?.rounds ?? 0));
    return applyWithin(threshold, of, { value: ratio.ratio, interval: ratio.interval });
  }
  const values = rounds.flatMap((runs) => {
    const figure = runs.find((run) => run.side === side && !run.isAgain)?.figures[threshold.metric];
    return figure === undefined ? [] : [figure];
  });
  const [first] = values;
  if (isExact && first !== undefined) return applyOnce(threshold, of, first);
  if (values.length < MIN_ROUNDS) return undecided(tooFew(values.length));
  return applyWithin(threshold, of, intervalOf(values));
}

/** The interval of the geometric mean; if a figure is 0, of the arithmetic mean. */
function intervalOf(values: readonly number[]): { readonly value: number; readonly interval: Interval } {
  const isPositive = values.every((value) => value > 0);
  const scaled = isPositive ? values.map(Math.log) : values;
  const back = isPositive ? Math.exp : (value: number): number => value;
  const mean = meanOf(scaled);
  const half = (tOf95(values.length - 1) * sdOf(scaled)) / Math.sqrt(values.length);
  return { value: back(mean), interval: { low: back(mean - half), high: back(mean + half) } };
}
