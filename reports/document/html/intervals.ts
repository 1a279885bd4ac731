/** Ratios with their intervals, one line each, around 1, with the band in which they count as equivalent. */
import type { IntervalRow, IntervalsChart } from '../chart.ts';
import { markup, type Markup } from './markup.ts';
import { anchorAt } from './ranges.ts';

/** The marks of the axis. Only those within its range are drawn. */
const MARKS = [0.1, 0.2, 0.5, 0.8, 0.9, 1, 1.1, 1.25, 2, 5, 10];
/** The farthest ratio on the axis: a ratio of a thousand would squeeze all others together. */
const FARTHEST = 12;
/** The smallest distance of two marks whose texts do not overlap, in percent of the width. */
const MARK_ROOM = 8;

export function intervalsFigure(
  { delta, rows }: IntervalsChart,
  title: string,
  note: string,
): Markup | undefined {
  if (rows.length === 0) return undefined;
  const logs = rows.flatMap(({ low, high, limit = 1 }) => [low, high, limit].map(Math.log));
  const needed = 1.1 * Math.max(Math.log(1 + 2 * delta), ...logs.map(Math.abs).filter(Number.isFinite));
  const reach = Math.min(needed, Math.log(FARTHEST));
  const place = (ratio: number): number =>
    Math.round(1000 * Math.min(1, Math.max(0, (Math.log(ratio) / reach + 1) / 2))) / 10;
  const band = { from: place(1 / (1 + delta)), to: place(1 + delta) };
  return markup`<figure class="ranges intervals">
    <figcaption>
      <h3>${title}</h3>
      <p class="quiet">${note}${needed > reach ? ` What lies beyond ${FARTHEST} times stands at the edge.` : ''}</p>
    </figcaption>
    <div class="rows">
      ${rows.map((row) => line(row, place, band))}
      <div class="range axis" aria-hidden="true">
        <span></span
        ><svg width="100%" height="18">
          ${marks(place).map((ratio) => markup`<text x="${place(ratio)}%" y="13" text-anchor="${anchorAt(place(ratio))}">${ratio}</text>`)}
        </svg>
      </div>
    </div>
  </figure>`;
}

function marks(place: (ratio: number) => number): number[] {
  const shown: number[] = [1];
  for (const mark of MARKS) {
    const at = place(mark);
    if (at > 0 && at < 100 && shown.every((other) => Math.abs(place(other) - at) >= MARK_ROOM))
      shown.push(mark);
  }
  return shown;
}

function line(
  { label, low, ratio, high, tone, limit }: IntervalRow,
  place: (ratio: number) => number,
  band: { readonly from: number; readonly to: number },
): Markup {
  const text = `${label}: ${ratio.toFixed(3)}, from ${low.toFixed(3)} to ${high.toFixed(3)}`;
  return markup`<div class="range ${tone}">
    <span>${label}</span
    ><svg width="100%" height="22" role="img" aria-label="${text}">
      <title>${text}</title>
      <rect class="band" x="${band.from}%" width="${band.to - band.from}%" y="0" height="22" />
      <line class="hair" x1="${place(1)}%" x2="${place(1)}%" y1="0" y2="22" />
      ${limit === undefined ? undefined : markup`<line class="limit" x1="${place(limit)}%" x2="${place(limit)}%" y1="0" y2="22" />`}
      <line class="span" x1="${place(low)}%" x2="${place(high)}%" y1="11" y2="11" />
      <circle cx="${place(ratio)}%" cy="11" r="5" />
    </svg>
  </div>`;
}
