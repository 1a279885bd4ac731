/** Thresholds for figures: `effect.p99<50ms`, `ratio(effects/s)>0.95`. */
import { findMetric, METRIC_NAMES, type Unit } from './metrics.ts';

export const OPERATORS = ['<=', '>=', '<', '>'] as const;
type Operator = (typeof OPERATORS)[number];

export interface Threshold {
  /** The text as the user wrote it. */
  readonly text: string;
  /** One of METRIC_NAMES. */
  readonly metric: string;
  /** Whether it applies to the ratio to the base, in a comparison. */
  readonly isRatio: boolean;
  readonly operator: Operator;
  /** In the metric's unit. A ratio of 1 means no change. */
  readonly limit: number;
}

/** `undecided`: the figure was not measured, or is not known precisely enough. This never counts as met. */
export const THRESHOLD_OUTCOMES = ['met', 'missed', 'undecided'] as const;

export interface ThresholdOutcome extends Threshold {
  /** What the threshold was applied to: a target, or a side of a comparison. */
  readonly of: string;
  readonly outcome: (typeof THRESHOLD_OUTCOMES)[number];
  /** In the unit of `limit`. Absent: it was not measured. */
  readonly value?: number;
  /** The 95 % interval of the value. Absent for a single measurement. */
  readonly interval?: { readonly low: number; readonly high: number };
  /** Why it is undecided. */
  readonly reason?: string;
}

const FORM = /^\s*(?:(ratio)\s*\(\s*([^()]+?)\s*\)|([^<>=()]+?))\s*(<=|>=|<|>)\s*(\S.*?)\s*$/;
const NUMBER = /^(\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*(.*)$/i;

/** The units that may follow the number, and their factors to the metric's unit. */
const WRITTEN_UNITS: Readonly<Record<Unit, Readonly<Record<string, number>>>> = {
  µs: { µs: 1, μs: 1, us: 1, ms: 1000, s: 1_000_000 },
  '/s': { '/s': 1, '': 1 },
  '%': { '%': 1 },
  '': { '': 1 },
};
const RATIO_UNITS: Readonly<Record<string, number>> = { '': 1, '%': 0.01 };
const EXPECTED_UNITS: Readonly<Record<Unit, string>> = {
  µs: 'a time in µs (or us), ms or s, like 50ms',
  '/s': 'a number per second, like 900/s',
  '%': 'a number in %, like 1%',
  '': 'a number without a unit',
};

/** The threshold in `text`; or one sentence that says why the text is none. */
export function parseThreshold(text: string): Threshold | { readonly problem: string } {
  const [, ratio, inRatio, alone, operator, limitText = ''] = FORM.exec(text) ?? [];
  // Some users write the dot.
  const metric = (inRatio ?? alone)?.replace('p99.9', 'p999');
  if (metric === undefined)
    return {
      problem: `expected a figure, one of ${OPERATORS.join(' ')} and a number, like effect.p99<50ms or ratio(effects/s)>0.95`,
    };
  const known = findMetric(metric);
  if (known === undefined)
    return { problem: `"${metric}" is no figure of a load. Expected one of ${METRIC_NAMES.join(', ')}` };
  const [, digits, unit = ''] = NUMBER.exec(limitText) ?? [];
  const isRatio = ratio !== undefined;
  const factor = (isRatio ? RATIO_UNITS : WRITTEN_UNITS[known.unit])[unit];
  if (digits === undefined || factor === undefined) {
    const expected = isRatio ? 'a number without a unit, like 0.95, or in %' : EXPECTED_UNITS[known.unit];
    return { problem: `expected ${expected}, got "${limitText}"` };
  }
  return { text, metric, isRatio, operator: operator as Operator, limit: Number(digits) * factor };
}

/** Applies a threshold to a figure that was measured once. `figure` may be a text that says why it was not. */
export function applyOnce(threshold: Threshold, of: string, figure: number | string): ThresholdOutcome {
  if (typeof figure === 'string') return { ...threshold, of, outcome: 'undecided', reason: figure };
  return { ...threshold, of, outcome: holds(threshold, figure) ? 'met' : 'missed', value: figure };
}

/** Applies a threshold to a figure with an interval. It is met or missed only if the whole interval is on one side. */
export function applyWithin(
  threshold: Threshold,
  of: string,
  {
    value,
    interval,
  }: { readonly value: number; readonly interval: { readonly low: number; readonly high: number } },
): ThresholdOutcome {
  const ends = [holds(threshold, interval.low), holds(threshold, interval.high)];
  const known = { ...threshold, of, value, interval };
  if (ends.every(Boolean)) return { ...known, outcome: 'met' };
  if (!ends.some(Boolean)) return { ...known, outcome: 'missed' };
  return {
    ...known,
    outcome: 'undecided',
    reason: 'the limit lies within its interval: more rounds are needed, or a quieter machine',
  };
}

function holds({ operator, limit }: Threshold, figure: number): boolean {
  switch (operator) {
    case '<':
      return figure < limit;
    case '<=':
      return figure <= limit;
    case '>':
      return figure > limit;
    case '>=':
      return figure >= limit;
    default:
      throw new TypeError(`Unknown operator: ${String(operator satisfies never)}`);
  }
}
