/** Ranges of times on one logarithmic axis, one line each. */
import { formatUs } from '../../words/format.ts';
import type { RangeRow, RangesChart } from '../chart.ts';
import { SERIES_COLORS } from './inline.ts';
import { markup, type Markup } from './markup.ts';

export function rangesFigure({ rows }: RangesChart, title: string, note: string): Markup | undefined {
  if (rows.length === 0) return undefined;
  const values = rows.flatMap(({ points }) => points.map(([, us]) => us));
  const low = Math.floor(Math.log10(Math.max(1, Math.min(...values))));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(1, ...values))));
  const place = (us: number): number =>
    Math.round(1000 * ((Math.log10(Math.max(us, 10 ** low)) - low) / (high - low))) / 10;
  const decades = Array.from({ length: high - low + 1 }, (_, step) => 10 ** (low + step));
  return markup`<figure class="ranges">
    <figcaption>
      <h3>${title}</h3>
      <p class="quiet">${note}</p>
    </figcaption>
    <div class="rows">
      ${rows.map((row) => range(row, place, decades))}
      <div class="range axis" aria-hidden="true">
        <span></span
        ><svg width="100%" height="18">
          ${decades.map((us) => markup`<text x="${place(us)}%" y="13" text-anchor="${anchorAt(place(us))}">${formatUs(us)}</text>`)}
        </svg>
      </div>
    </div>
  </figure>`;
}

/** The anchor of a text near the edge, so that it stays inside the picture. */
export function anchorAt(percent: number): string {
  return percent === 0 ? 'start' : percent === 100 ? 'end' : 'middle';
}

function range(
  { label, color, points }: RangeRow,
  place: (us: number) => number,
  decades: readonly number[],
): Markup {
  const text = points.map(([name, us]) => `${name} ${formatUs(us)}`).join(', ');
  const first = points[0]?.[1] ?? 1;
  const last = points.at(-1)?.[1] ?? 1;
  return markup`<div class="range s${color % SERIES_COLORS}">
    <span>${label}</span
    ><svg width="100%" height="22" role="img" aria-label="${label}: ${text}">
      <title>${text}</title>
      ${decades.map((us) => markup`<line class="hair" x1="${place(us)}%" x2="${place(us)}%" y1="0" y2="22" />`)}
      <line class="span" x1="${place(first)}%" x2="${place(last)}%" y1="11" y2="11" />
      ${points.map(([, us], position) => markup`<circle cx="${place(us)}%" cy="11" r="${5 - position * 0.7}" />`)}
    </svg>
  </div>`;
}
