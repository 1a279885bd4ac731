/** Figures of loads as text. */
import type { Unit } from '../../suites/figures/metrics.ts';
import { formatCount, formatUs } from './format.ts';

/** A figure with its unit. */
export function figureText(value: number, unit: Unit): string {
  switch (unit) {
    case 'µs':
      return formatUs(value);
    case '/s':
      return `${formatCount(value)}/s`;
    case '%':
      return `${round(value, 2)} %`;
    case '':
      return round(value, 3);
    default:
      return unit satisfies never;
  }
}

/** `0.513`. */
export function ratioText(ratio: number): string {
  return ratio < 10 ? ratio.toFixed(3) : ratio < 1000 ? ratio.toFixed(1) : formatCount(ratio);
}

/** `0.498 to 0.529`. A single round has no interval. */
export function intervalText(interval: { readonly low: number; readonly high: number } | undefined): string {
  return interval === undefined ? '–' : `${ratioText(interval.low)} to ${ratioText(interval.high)}`;
}

/** `5 %`. */
export function partText(part: number): string {
  return `${round(100 * part, 1)} %`;
}

function round(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}
