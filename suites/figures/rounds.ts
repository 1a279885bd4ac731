/** Figures of the runs of a comparison, round by round, and what is made of them. */
import { judgeMetrics, type JudgedMetric, type MeasuredMetric } from './judgeMetrics.ts';
import { METRICS, type Metric, type Unit } from './metrics.ts';
import type { Pair } from './statistics/paired.ts';
import { medianOf } from '../../scenarios/median.ts';

export interface FiguresOfRun {
  /** Place of the side that was driven; 0 is the base. */
  readonly side: number;
  /** The base for the second time in its round, which shows what the base differs from itself by. */
  readonly isAgain: boolean;
  /** By the names of METRICS; what was not measured is absent. */
  readonly figures: Readonly<Record<string, number>>;
}

export interface MetricComparison extends JudgedMetric {
  readonly unit: Unit;
  readonly text: string;
  readonly better: 'more' | 'less';
  /** Medians over the rounds. */
  readonly base: number;
  readonly other: number;
  /** Rounds in which it was not measured on both sides. */
  readonly missing: number;
}

export interface Named {
  /** The one metric that was named before anything was measured. */
  readonly gate?: string | undefined;
  /** Metrics that are wanted, too. */
  readonly also?: readonly string[];
}

/**
 * Compares `side` with the base over the rounds that are whole. The base is taken where it ran next to the others: its second
 * run, where it ran twice.
 */
export function compareSides(
  rounds: readonly (readonly FiguresOfRun[])[],
  side: number,
  { gate, also = [] }: Named = {},
): MetricComparison[] {
  const measured = METRICS.filter(
    ({ name, isCompared }) => isCompared || name === gate || also.includes(name),
  )
    .map((metric) => ({ metric, ...pairsOf(rounds, side, metric) }))
    .filter(({ pairs }) => pairs.length > 0);
  const judged = judgeMetrics(
    measured.map(({ metric: { name, bounds }, pairs, itself }): MeasuredMetric => ({
      name,
      bounds,
      pairs,
      itself,
    })),
    gate,
  );
  return measured.map(({ metric: { unit, text, bounds }, pairs }, index) => ({
    ...(judged[index] as JudgedMetric),
    unit,
    text,
    better: bounds.better,
    base: medianOf(pairs.map(({ base }) => base)),
    other: medianOf(pairs.map(({ other }) => other)),
    missing: rounds.length - pairs.length,
  }));
}

function pairsOf(
  rounds: readonly (readonly FiguresOfRun[])[],
  side: number,
  { name }: Metric,
): { readonly pairs: Pair[]; readonly itself: Pair[] } {
  const pairs: Pair[] = [];
  const itself: Pair[] = [];
  for (const runs of rounds) {
    const figure = (isWanted: (run: FiguresOfRun) => boolean): number | undefined =>
      runs.find(isWanted)?.figures[name];
    const first = figure((run) => run.side === 0 && !run.isAgain);
    const again = figure((run) => run.side === 0 && run.isAgain);
    const hasTwice = runs.some(({ isAgain }) => isAgain);
    push(
      pairs,
      hasTwice ? again : first,
      figure((run) => run.side === side),
    );
    if (hasTwice) push(itself, first, again);
  }
  return { pairs, itself };
}

/** A ratio to 0 is none. */
function push(pairs: Pair[], base: number | undefined, other: number | undefined): void {
  if (base !== undefined && other !== undefined && base > 0 && other > 0) pairs.push({ base, other });
}
