/** Texts of a comparison. */
import type { MetricComparison } from '../../suites/figures/rounds.ts';
import type { ComparisonVerdict } from '../../suites/figures/verdict.ts';
import { ratioText } from '../words/figureTexts.ts';
import { plural } from '../words/format.ts';
import type { CompareReport } from './model.ts';
import { HEADLINE } from './conclude.ts';

/** The deciding metric of one side. */
export function decidingMetric(report: CompareReport, side: number): MetricComparison | undefined {
  const metrics = report.comparisons.find((one) => one.side === side)?.metrics ?? [];
  return metrics.find(({ name }) => name === (report.gate ?? HEADLINE)) ?? metrics[0];
}

/** The result, in one sentence. */
export function compareHeadline(report: CompareReport): string {
  const { sides, refused, comparisons, partial, thresholds, rounds, pairing } = report;
  const base = sides[0]?.name ?? 'the base';
  const missed = thresholds.filter(({ outcome }) => outcome === 'missed').length;
  if (rounds.length === 0)
    return partial ? 'Interrupted before the first round was complete' : 'Nothing was compared';
  if (refused.length > 0)
    return `Not compared: ${plural(refused.length, 'reason')}, the first: ${refused[0]?.text ?? ''}`;
  const parts = comparisons.map(({ side }) => {
    const metric = decidingMetric(report, side);
    const name = sides[side]?.name ?? '';
    return metric === undefined
      ? `nothing was measured for ${name}`
      : `${name} is ${verdictText(metric.verdict)} ${base}: ${metric.name} ratio ${ratioText(metric.ratio.ratio)}`;
  });
  return [
    ...(partial ? ['Interrupted'] : []),
    ...(missed === 0 ? [] : [`${plural(missed, 'threshold')} missed`]),
    ...parts,
    ...(pairing === 'unpaired' ? ['single runs that did not alternate give no verdict'] : []),
  ].join('; ');
}

function verdictText(verdict: ComparisonVerdict): string {
  switch (verdict) {
    case 'faster':
    case 'slower':
      return `${verdict} than`;
    case 'equivalent':
      return 'equivalent to';
    case 'inconclusive':
      return 'not distinguishable from';
    default:
      return verdict satisfies never;
  }
}
