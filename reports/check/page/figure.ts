/** The part of the page around the timeline: pickers, tools, the canvas that the script draws on, and the legend. */
import { markup, type Markup } from '../../document/html/markup.ts';

export function timelineFigure(): Markup {
  return markup`<figure id="history" hidden>
    <div class="picks">
      <label>file <select data-part="file"></select></label>
      <label>key <select data-part="key"></select></label>
      <label>find a key <input type="search" data-part="filter" autocomplete="off" spellcheck="false" /></label>
    </div>
    <p class="lead" data-part="headline" aria-live="polite"></p>
    <div class="tools" data-part="tools">
      <span>
        <button type="button" data-key="+" aria-label="zoom in">+</button>
        <button type="button" data-key="-" aria-label="zoom out">−</button>
        <button type="button" data-key="ArrowLeft" aria-label="earlier">←</button>
        <button type="button" data-key="ArrowRight" aria-label="later">→</button>
        <button type="button" data-key="0">whole</button>
        <button type="button" data-key="c" data-core>show the core</button>
        <button type="button" data-key="x" data-bad>what is wrong</button>
      </span>
      <label data-core><input type="checkbox" data-part="only-core" /> only the core</label>
      <label><input type="checkbox" data-part="even" /> evenly spaced</label>
      <span data-part="status"></span>
    </div>
    <div
      class="stage"
      data-part="stage"
      tabindex="0"
      role="application"
      aria-label="Timeline. n and p go from operation to operation, plus and minus zoom, arrows move."
    >
      <canvas></canvas>
      <div class="tip" role="status" hidden></div>
    </div>
    ${legend()}
    <div class="words" data-part="words"></div>
  </figure>`;
}

function legend(): Markup {
  const sign = (drawing: Markup): Markup =>
    markup`<svg width="30" height="16" aria-hidden="true">${drawing}</svg>`;
  const bar = (kind: string): Markup =>
    markup`<rect class="${kind}" x="1" y="2" width="28" height="11" rx="3" />`;
  return markup`<ul class="legend" data-part="legend">
    <li>${sign(markup`<path class="path" d="M4 4L14 11L26 6" /><circle class="point" cx="4" cy="4" r="2.5" /><circle class="point" cx="14" cy="11" r="2.5" /><circle class="point" cx="26" cy="6" r="2.5" />`)}the order, numbered: when each may take effect</li>
    <li>${sign(bar('placed'))}in the order</li>
    <li>${sign(bar('unplaced'))}not in it</li>
    <li>${sign(markup`<defs><linearGradient id="fade"><stop class="from" /><stop class="to" offset="1" /></linearGradient></defs>${bar('open')}`)}no answer: it fades out</li>
    <li data-bad>${sign(markup`${bar('stuck')}<path class="hatch" d="M6 13L15 2M13 13L22 2M20 13L28 3" />`)}✗ impossible: the reason is given</li>
    <li data-core>${sign(markup`${bar('placed')}<rect class="core" x="1" y="12" width="28" height="3" />`)}◆ in the core</li>
    <li data-core>${sign(markup`<path class="dotted" d="M1 8H29" />`)}within this line, the time does not matter for the core</li>
    <li><kbd>+</kbd> <kbd>−</kbd> or wheel: zoom · drag or <kbd>←</kbd> <kbd>→</kbd>: move · <kbd>n</kbd> <kbd>p</kbd>: next and previous operation · <kbd>0</kbd>: whole<span data-core> · <kbd>c</kbd>: core</span><span data-bad> · <kbd>x</kbd>: what is wrong</span></li>
  </ul>`;
}
