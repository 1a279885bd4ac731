/**
 * Draws a failure: lanes side by side with time running downwards and the overlap marked, and the same events as a
 * list.
 */
import type { Lane, LaneEvent } from '../../../suites/result.ts';
import { foldLanes } from '../../words/fold.ts';
import { formatMoment, formatUs, plural, printable } from '../../words/format.ts';
import { fit, labelLines } from '../text.ts';
import { layOut, type LaneLayout, type Overlap, type PlacedEvent, type Timeline } from '../../timeline.ts';
import { markup, type Markup } from './markup.ts';

/** Lengths in pixels. */
const LINE = 15;
const STEP_PADDING = 7;
const GAP = 16;
/** The height that is distributed in proportion to time, so that long waits look longer. */
const SLACK = 90;
const HEAD = 34;
const TIME_GUTTER = 68;
const OVERLAP_GUTTER = 118;
const TOTAL_WIDTH = 1060;
const MIN_LANE = 190;
const MAX_LANE = 430;
/** The most events in a picture. The list has more. */
const MAX_EVENTS = 40;
/** The most steps in the list. */
const MAX_LISTED = 400;
const BAR = 10;
const ROW = 15;
const CHARACTER = 7.3;
/** The most lines of an unmarked label. The list and the line below the picture contain it in full. */
const MAX_LINES = 4;

/** `about` describes the picture for readers who cannot see it. */
export function timelineFigure(lanes: readonly Lane[], about: string): Markup | undefined {
  const events = lanes.reduce((sum, lane) => sum + lane.events.length, 0);
  if (events === 0) return undefined;
  const lane = laneWidth(lanes.length);
  const drawn = foldLanes(lanes, MAX_EVENTS);
  const count = drawn.reduce((sum, one) => sum + one.events.length, 0);
  const timeline = layOut(drawn, {
    measure: (event) => linesOf(event, lane, 1).length * LINE + STEP_PADDING,
    gap: GAP,
    width: count * (LINE + STEP_PADDING) + SLACK,
  });
  return markup`<figure class="timeline">
    <div
      class="scroll"
      tabindex="0"
      role="group"
      aria-label="Timeline: ${about}. Arrow keys go from step to step."
    >
      ${drawing(timeline, lane)}
    </div>
    <figcaption>${legend(timeline)}</figcaption>
    <p class="told" aria-live="polite"></p>
    <details>
      <summary>${plural(events, 'step')} in order, as a list</summary>
      ${list(count === events ? timeline : layOut(foldLanes(lanes, MAX_LISTED), { measure: () => 1, gap: 1, width: 0 }))}
    </details>
  </figure>`;
}

function legend(timeline: Timeline): Markup {
  const sections = timeline.steps.some((step) => step.event.kind === 'enter');
  return markup`Time runs downwards: order and overlap are exact, lengths are not to
    scale.${
      sections
        ? markup` <span class="key inside"></span> inside the lock <span class="key waiting"></span> waiting for
            it`
        : undefined
    } <span class="key marked"></span> part of what is wrong`;
}

function laneWidth(lanes: number): number {
  const room = TOTAL_WIDTH - TIME_GUTTER - OVERLAP_GUTTER;
  return Math.round(Math.max(MIN_LANE, Math.min(MAX_LANE, room / lanes)));
}

/** The distance of a lane's labels from its edge: they begin after the bars of its rows. */
function labelOffset(rows: number): number {
  return 14 + rows * ROW;
}

function linesOf({ label, marked = false }: LaneEvent, lane: number, rows: number): string[] {
  const length = Math.floor((lane - labelOffset(rows) - 6) / CHARACTER);
  return labelLines(printable(label), length, MAX_LINES, marked);
}

function drawing(timeline: Timeline, lane: number): Markup {
  const right = TIME_GUTTER + lane * timeline.lanes.length;
  const width = right + (timeline.overlaps.length > 0 ? OVERLAP_GUTTER : 0);
  const height = Math.ceil(HEAD + timeline.width + 8);
  return markup`<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" aria-hidden="true">
    ${timeline.overlaps.map((overlap) => overlapBand(overlap, right))} ${times(timeline, right)}
    ${timeline.lanes.map((layout, index) => laneColumn(layout, TIME_GUTTER + index * lane, lane, height))}
  </svg>`;
}

function overlapBand({ from, to, durationUs }: Overlap, right: number): Markup {
  const y = round(HEAD + from);
  const height = round(Math.max(2, to - from));
  const middle = round(y + height / 2);
  return markup`<rect
      class="overlap"
      x="${TIME_GUTTER - 4}"
      y="${y}"
      width="${right - TIME_GUTTER + 4}"
      height="${height}"
    />
    <path class="brace" d="M${right + 2} ${y + 1}h6v${round(height - 2)}h-6" />
    <text class="overlap-text" x="${right + 16}" y="${middle - 3}">both at once</text
    ><text class="overlap-text" x="${right + 16}" y="${middle + 12}">for ${formatUs(durationUs)}</text>`;
}

/** The time of each step if there is room for it, with a hairline. */
function times(timeline: Timeline, right: number): Markup[] {
  const firstUs = timeline.steps[0]?.event.fromUs ?? 0;
  let last = -Infinity;
  return timeline.steps.flatMap((step) => {
    if (step.from - last < 13) return [];
    last = step.from;
    const y = round(HEAD + step.from);
    return [
      markup`<path class="hair" d="M${TIME_GUTTER - 4} ${y}H${right}" /><text
          class="time"
          x="${TIME_GUTTER - 10}"
          y="${y + 4}"
          text-anchor="end"
          >${formatMoment(step.event.fromUs - firstUs)}</text
        >`,
    ];
  });
}

function laneColumn(lane: LaneLayout, x: number, width: number, height: number): Markup {
  const rows = lane.rows.length;
  const events = lane.rows.flatMap((row, index) =>
    row.events.map((placed) => {
      const bar = {
        x: x + 10 + index * ROW,
        inSection: row.sections.some(({ from, to }) => placed.from >= from && placed.to <= to),
      };
      return eventMark(placed, bar, x + labelOffset(rows), linesOf(placed.event, width, rows));
    }),
  );
  const sections = lane.rows.flatMap((row, index) => {
    const left = x + 10 + index * ROW;
    return row.sections.map(({ from, inside }) => {
      const wait = round(inside.from - from);
      return markup`${wait > 0 ? box('waiting', left, from, wait) : undefined}${box('inside', left, inside.from, inside.to - inside.from)}`;
    });
  });
  const label = fit(printable(lane.label), Math.floor((width - 14) / CHARACTER));
  return markup`<text class="lane" x="${x + 8}" y="20">${label}</text>
    <path class="edge" d="M${x} 6V${height - 4}" />${sections}${events}`;
}

function box(className: string, x: number, from: number, height: number): Markup {
  return markup`<rect
    class="${className}"
    x="${x}"
    y="${round(HEAD + from)}"
    width="${BAR}"
    height="${round(Math.max(2, height))}"
    rx="3"
  />`;
}

interface Bar {
  readonly x: number;
  readonly inSection: boolean;
}

function eventMark(placed: PlacedEvent, bar: Bar, labelX: number, lines: readonly string[]): Markup {
  const { event, number } = placed;
  const classes = `event ${event.kind}${event.marked === true ? ' marked' : ''}`;
  const y = round(HEAD + placed.from);
  const longest = Math.max(...lines.map((line) => line.length));
  return markup`<g class="${classes}" data-step="${number}">
    <title>${describe(placed)}</title>
    <rect class="hit" x="${bar.x - 4}" y="${y}" width="${round(labelX - bar.x + longest * CHARACTER + 8)}" height="${lines.length * LINE + STEP_PADDING}" />
    ${barOf(placed, bar)}
    ${lines.map((line, index) => markup`<text x="${labelX}" y="${y + LINE * (index + 1)}">${line}</text>`)}
  </g>`;
}

/** The wait of an `enter` is drawn with its section. An `enter` without a section is drawn like a whole section. */
function barOf({ event, from, to }: PlacedEvent, { x, inSection }: Bar): Markup | undefined {
  switch (event.kind) {
    case 'enter':
      return inSection ? undefined : box('inside', x, from, to - from);
    case 'stuck':
      return markup`${box('run', x, from + 1, to - from - 2)}
        <path class="arrow" d="M${x + 1} ${round(HEAD + to - 7)}l4 6l4 -6" />`;
    case 'leave':
    case 'call':
    case 'error':
    case 'other':
      return box('run', x, from + 1, to - from - 2);
    default: {
      const never: never = event.kind;
      return never;
    }
  }
}

const NOTES: Readonly<Record<LaneEvent['kind'], string>> = {
  enter: '',
  leave: '',
  call: '',
  other: '',
  error: 'an error',
  stuck: 'never returned',
};

function describe({ event, lane }: PlacedEvent): string {
  const took = event.toUs > event.fromUs ? [`took ${formatUs(event.toUs - event.fromUs)}`] : [];
  const note = NOTES[event.kind] === '' ? [] : [NOTES[event.kind]];
  const marked = event.marked === true ? ['part of what is wrong'] : [];
  const details = [...(event.kind === 'stuck' ? [] : took), ...note, ...marked];
  return `${lane}: ${event.label}${details.length === 0 ? '' : ` (${details.join(', ')})`}`;
}

function list(timeline: Timeline): Markup {
  const firstUs = timeline.steps[0]?.event.fromUs ?? 0;
  return markup`<ol class="steps">
      ${timeline.steps.map(
        (step) =>
          markup`<li${step.event.marked === true ? markup` class="marked"` : undefined}><span class="at">${formatMoment(step.event.fromUs - firstUs)}</span> ${describe(step)}</li>`,
      )}
    </ol>
    ${timeline.overlaps.map(({ durationUs }) => markup`<p>Both at once for ${formatUs(durationUs)}.</p>`)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
