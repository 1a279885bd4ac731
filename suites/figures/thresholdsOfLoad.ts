/** Thresholds on a single load. */
import type { LoadSummary } from '../../scenarios/load/summary.ts';
import type { Judgement } from '../result.ts';
import { findMetric } from './metrics.ts';
import { applyOnce, type Threshold, type ThresholdOutcome } from './thresholds.ts';

/** Fast and wrong is wrong: figures of a load that broke a rule, or that told too little, meet nothing. */
export function applyToLoad(
  threshold: Threshold,
  of: string,
  { judgement, summary }: { readonly judgement: Pick<Judgement, 'verdict'>; readonly summary: LoadSummary },
): ThresholdOutcome {
  const figure =
    judgement.verdict === 'ok'
      ? (findMetric(threshold.metric)?.of(summary) ?? 'this version does not measure it')
      : `the load is ${judgement.verdict}`;
  return applyOnce(threshold, of, figure);
}
