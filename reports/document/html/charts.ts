/** The figures in which the page's script draws charts. */
import type { LinesChart } from '../chart.ts';
import { markup, type Markup } from './markup.ts';

/** The figure for chart number `index`. A table next to it contains the same numbers. */
export function chartFigure(index: number, title: string, chart: LinesChart, note: string): Markup {
  const choices = chart.views.length < 2 ? undefined : choice(index, chart);
  return markup`<figure class="chart">
    <figcaption>
      <h3>${title}</h3>
      ${choices}
    </figcaption>
    <div
      class="plot"
      data-chart="${index}"
      tabindex="0"
      role="img"
      aria-label="${title}. ${note} Arrow keys move the cursor."
    ></div>
    <p class="quiet note">${note}</p>
  </figure>`;
}

function choice(index: number, chart: LinesChart): Markup {
  return markup`<label class="choice"
    >of
    <select data-views="${index}">
      ${chart.views.map((view, position) => markup`<option value="${position}">${view.name}</option>`)}
    </select></label
  >`;
}
