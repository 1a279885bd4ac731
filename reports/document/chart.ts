/** The content of charts, as data. html/ contains a drawing for each kind. */

export type Chart = LinesChart | RangesChart | IntervalsChart;

/** The unit of an axis. */
export type Unit = 'percentile' | 'seconds' | 'us' | 'perSecond' | 'share' | 'runs' | 'ratio';

/** Lines over an x axis. The axes `percentile` and `us` are logarithmic. */
export interface LinesChart {
  readonly kind: 'lines';
  readonly x: Unit;
  readonly y: Unit;
  /** The views that a reader can choose from, such as one kind of request each. The first one is shown initially. */
  readonly views: readonly ChartView[];
}

export interface ChartView {
  readonly name: string;
  readonly series: readonly ChartSeries[];
  /** Moments on the x axis, such as the strike of a fault. */
  readonly marks?: readonly ChartMark[];
  /** Values on the y axis, such as a threshold. */
  readonly limits?: readonly ChartMark[];
}

export interface ChartMark {
  readonly at: number;
  readonly label: string;
}

export interface ChartSeries {
  readonly label: string;
  /** The number of the colour. A target has the same colour in every chart. */
  readonly color: number;
  readonly dashed: boolean;
  /** Increasing in x. The x of a percentile p (0 to 1) is 1 / (1 - p). */
  readonly points: readonly (readonly [number, number])[];
}

/** Ranges of times in microseconds on one logarithmic axis. */
export interface RangesChart {
  readonly kind: 'ranges';
  readonly rows: readonly RangeRow[];
}

export interface RangeRow {
  readonly label: string;
  readonly color: number;
  /** Named values, increasing. */
  readonly points: readonly (readonly [string, number])[];
}

/** Ratios with their intervals around 1, and the band in which they count as equivalent. */
export interface IntervalsChart {
  readonly kind: 'intervals';
  /** For example, 0.05 means from 1 / 1.05 to 1.05. */
  readonly delta: number;
  readonly rows: readonly IntervalRow[];
}

export interface IntervalRow {
  readonly label: string;
  readonly low: number;
  readonly ratio: number;
  readonly high: number;
  readonly tone: 'better' | 'worse' | 'same' | 'open';
  /** A threshold on the ratio. */
  readonly limit?: number;
}
