/** How long locks were waited for and held: p50 to maximum of each target on one logarithmic axis. */
import { formatUs } from '../format.ts';
import type { LoadResult, Percentiles } from '../model.ts';
import { markup, type Markup } from './markup.ts';

const POINTS = ['p50', 'p90', 'p99', 'p999', 'max'] as const;
const NAMES: Readonly<Record<(typeof POINTS)[number], string>> = {
  p50: 'p50',
  p90: 'p90',
  p99: 'p99',
  p999: 'p99.9',
  max: 'max',
};

export function lockRanges(loads: readonly LoadResult[]): Markup | undefined {
  const rows = (['wait', 'hold'] as const).flatMap((what) =>
    loads.map((load, index) => ({ what, target: load.target.spec, index, percentiles: load.locks[what] })),
  );
  const known = rows.filter(({ percentiles }) => percentiles.count > 0);
  if (known.length === 0) return undefined;
  const values = known.flatMap(({ percentiles }) => [percentiles.p50 ?? percentiles.min, percentiles.max]);
  const low = Math.floor(Math.log10(Math.max(1, Math.min(...values))));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(1, ...values))));
  const place = (us: number): number =>
    Math.round(1000 * ((Math.log10(Math.max(us, 10 ** low)) - low) / (high - low))) / 10;
  const decades = Array.from({ length: high - low + 1 }, (_, step) => 10 ** (low + step));
  return markup`<figure class="ranges">
    <figcaption>
      <h3>Lock wait and hold</h3>
      <p class="quiet">
        From p50 to the maximum; dots at p50, p90, p99, p99.9 and max. The table above has the numbers.
      </p>
    </figcaption>
    <div class="rows">
      ${known.map(({ what, target, index, percentiles }) => range(`${what}, ${target}`, index, percentiles, place, decades))}
      <div class="range axis" aria-hidden="true">
        <span></span
        ><svg width="100%" height="18">
          ${decades.map((us) => markup`<text x="${place(us)}%" y="13" text-anchor="${place(us) === 0 ? 'start' : place(us) === 100 ? 'end' : 'middle'}">${formatUs(us)}</text>`)}
        </svg>
      </div>
    </div>
  </figure>`;
}

function range(
  label: string,
  color: number,
  percentiles: Percentiles,
  place: (us: number) => number,
  decades: readonly number[],
): Markup {
  const text = POINTS.map((point) => `${NAMES[point]} ${formatUs(percentiles[point])}`).join(', ');
  return markup`<div class="range s${color % 6}">
    <span>${label}</span
    ><svg width="100%" height="22" role="img" aria-label="${label}: ${text}">
      <title>${text}</title>
      ${decades.map((us) => markup`<line class="hair" x1="${place(us)}%" x2="${place(us)}%" y1="0" y2="22" />`)}
      <line class="span" x1="${place(percentiles.p50 ?? percentiles.min)}%" x2="${place(percentiles.max)}%" y1="11" y2="11" />
      ${POINTS.map((point, position) => {
        const us = percentiles[point];
        return us === null ? '' : markup`<circle cx="${place(us)}%" cy="11" r="${5 - position * 0.7}" />`;
      })}
    </svg>
  </div>`;
}
