/** Thresholds of loads and of comparisons, as blocks and as test cases. */
import { findMetric } from '../suites/figures/metrics.ts';
import type { ThresholdOutcome } from '../suites/figures/thresholds.ts';
import type { TestCase } from './words/cases.ts';
import type { ChartMark } from './document/chart.ts';
import type { ChartBlock, TableBlock, Text } from './document/model.ts';
import { figureText, ratioText } from './words/figureTexts.ts';

const STATUSES = { met: 'ok', missed: 'violated', undecided: 'inconclusive' } as const;

export function thresholdTable(thresholds: readonly ThresholdOutcome[]): TableBlock {
  return {
    kind: 'table',
    caption: 'Thresholds',
    head: ['threshold', 'of', 'outcome', 'measured'],
    rows: thresholds.map((one): Text[] => [
      { code: one.text },
      one.of,
      { status: STATUSES[one.outcome], text: one.outcome },
      measuredText(one),
    ]),
  };
}

function measuredText({ value, interval, reason, isRatio, metric }: ThresholdOutcome): Text {
  const unit = findMetric(metric)?.unit ?? '';
  const text = (figure: number): string => (isRatio ? ratioText(figure) : figureText(figure, unit));
  return [
    value === undefined ? '' : text(value),
    ...(interval === undefined ? [] : [{ quiet: `, ${text(interval.low)} to ${text(interval.high)}` }]),
    ...(reason === undefined ? [] : [{ quiet: `${value === undefined ? '' : ' '}${reason}` }]),
  ];
}

/** Draws thresholds on times as lines, in the view of their kind of request. */
export function withLimits(block: ChartBlock, thresholds: readonly ThresholdOutcome[]): ChartBlock {
  const { chart } = block;
  if (chart.kind !== 'lines' || thresholds.length === 0) return block;
  // A threshold for several targets is drawn once.
  const limitsOf = (view: string): ChartMark[] => [
    ...new Map(
      thresholds
        .filter(({ metric, isRatio }) => !isRatio && metric.startsWith(`${view}.`))
        .map(({ limit, text }) => [text, { at: limit, label: text }]),
    ).values(),
  ];
  return {
    ...block,
    chart: { ...chart, views: chart.views.map((view) => ({ ...view, limits: limitsOf(view.name) })) },
  };
}

export function thresholdCase(one: ThresholdOutcome): TestCase {
  const { text, of, outcome, reason = '' } = one;
  return {
    id: text,
    name: `of ${of}`,
    durationMs: 0,
    outcome: outcome === 'met' ? 'passed' : outcome === 'missed' ? 'failed' : 'error',
    type: outcome,
    message: outcome === 'met' ? '' : reason === '' ? `measured ${valueText(one)}` : reason,
  };
}

function valueText({ value, isRatio, metric }: ThresholdOutcome): string {
  if (value === undefined) return 'nothing';
  return isRatio ? ratioText(value) : figureText(value, findMetric(metric)?.unit ?? '');
}
