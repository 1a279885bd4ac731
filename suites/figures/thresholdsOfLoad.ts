/** Applies thresholds to a single load. */
import type { Judgement } from '../result.ts';
import { findMetric, type MeasuredLoad } from './metrics.ts';
import { applyOnce, type Threshold, type ThresholdOutcome } from './thresholds.ts';

/**
 * The figures of a load that broke a rule or was inconclusive meet no threshold, because a fast but wrong load is
 * wrong.
 */
export function applyToLoad(
  threshold: Threshold,
  of: string,
  { judgement, load }: { readonly judgement: Pick<Judgement, 'verdict'>; readonly load: MeasuredLoad },
): ThresholdOutcome {
  const figure =
    judgement.verdict === 'ok'
      ? (findMetric(threshold.metric)?.of(load) ?? 'this version does not measure it')
      : `the load is ${judgement.verdict}`;
  return applyOnce(threshold, of, figure);
}
