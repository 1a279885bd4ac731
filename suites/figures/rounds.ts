/** The figures of a comparison's runs, round by round, and their evaluation. */
import { judgeMetrics, type JudgedMetric, type MeasuredMetric } from './judgeMetrics.ts';
import { METRICS, type Metric, type Unit } from './metrics.ts';
import type { Pair } from './statistics/paired.ts';
import { medianOf } from '../../scenarios/median.ts';

export interface FiguresOfRun {
  /** The index of the side. 0 is the base. */
  readonly side: number;
  /** Whether it is the base's second run in the round, which shows how much the base differs from itself. */
  readonly isAgain: boolean;
  /** By the names of METRICS. Figures that were not measured are absent. */
  readonly figures: Readonly<Record<string, number>>;
}

export interface MetricComparison extends JudgedMetric {
  readonly unit: Unit;
  readonly text: string;
  readonly better: 'more' | 'less';
  /** Medians over the rounds. */
  readonly base: number;
  readonly other: number;
  /** The number of rounds in which it was not measured on both sides. */
  readonly missing: number;
}

export interface Named {
  /** The single metric that was chosen before anything was measured. */
  readonly gate?: string | undefined;
  /** Further metrics to include. */
  readonly also?: readonly string[];
}

/**
 * Compares `side` with the base over the complete rounds. If the base ran twice, its second run counts, which was next
 * to the other sides.
 */
export function compareSides(
  rounds: readonly (readonly FiguresOfRun[])[],
  side: number,
  { gate, also = [] }: Named,
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

/** There is no ratio to 0. */
function push(pairs: Pair[], base: number | undefined, other: number | undefined): void {
  if (base !== undefined && other !== undefined && base > 0 && other > 0) pairs.push({ base, other });
}
