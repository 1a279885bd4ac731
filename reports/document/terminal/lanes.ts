/** Draws the lanes of a failure as text, in the most expressive form that fits. */
import type { Lane, LaneEvent } from '../../../suites/result.ts';
import { foldLanes } from '../../words/fold.ts';
import { formatUs, printable } from '../../words/format.ts';
import { layOut, type PlacedEvent, type Timeline } from '../../timeline.ts';
import { momentsOf, renderColumns } from './columns.ts';
import { renderPicture } from './picture.ts';
import { columns, fit, labelLines } from '../text.ts';
import { colorsOf, hanging, padEnd, padStart, type Colors, type TerminalStyle } from './style.ts';

/** The room for `├ `, ` ` and at least one dash around a label. */
const EVENT_FRAME = 4;
const LANE_LABEL = 24;
/** The width below which columns cut labels beyond recognition. */
const MIN_COLUMN = 24;
/** If columns need more lines than this, a list is easier to read. */
const MAX_COLUMN_LINES = 60;
/** The width of the time in front of the columns. */
const TIME_WIDTH = 10;

/** The most events in the picture of a failure on a terminal. */
const MAX_EVENTS = 16;

/** The lanes of a failure, reduced to the relevant events. */
export function renderFailure(lanes: readonly Lane[], style: TerminalStyle, width: number): string[] {
  return renderLanes(foldLanes(lanes, MAX_EVENTS), style, width);
}

/**
 * If all labels fit, time runs to the right. Otherwise time runs downwards, with one column per lane, or the steps are
 * shown as a list.
 */
export function renderLanes(lanes: readonly Lane[], style: TerminalStyle, width: number): string[] {
  const colors = colorsOf(style);
  const label = Math.min(LANE_LABEL, Math.max(0, ...lanes.map((lane) => columns(printable(lane.label)))));
  const room = width - label - 3;
  const across = layOut(lanes, {
    measure: (event) => columns(printable(event.label)) + EVENT_FRAME,
    gap: 1,
    width: room,
  });
  if (across.steps.length === 0) return [];
  if (across.width <= room) return renderPicture(across, colors, label);
  const down = layOut(lanes, { measure: () => 1, gap: 1, width: 0 });
  const column = Math.floor((width - TIME_WIDTH) / lanes.length);
  const columnLines = column >= MIN_COLUMN ? renderColumns(down, colors, TIME_WIDTH, column) : undefined;
  return columnLines !== undefined && columnLines.length <= MAX_COLUMN_LINES
    ? columnLines
    : renderSteps(down, colors, label, width);
}

/** What a list of steps adds for a step that is not a plain call. */
const NOTES: Readonly<Record<LaneEvent['kind'], string>> = {
  enter: '',
  leave: '',
  call: '',
  other: '',
  error: ' (error)',
  stuck: ' (never returned)',
};

/** The most lines of an unmarked step. */
const MAX_LINES = 3;

function renderSteps(timeline: Timeline, colors: Colors, labelWidth: number, width: number): string[] {
  const momentOf = momentsOf(timeline);
  const lines = timeline.steps.flatMap(({ event, lane, number }: PlacedEvent) => {
    const time = padStart(momentOf(event.fromUs), 8);
    const mark = event.marked === true ? '▸' : ' ';
    const head = `${padStart(String(number), 3)} ${mark} ${time}  ${padEnd(fit(printable(lane), labelWidth), labelWidth)}  `;
    const room = Math.max(20, width - columns(head));
    const label = labelLines(printable(event.label), room, MAX_LINES, event.marked === true);
    const text = hanging(head, label.join('\n') + NOTES[event.kind], width);
    return event.marked === true ? text.map((line) => colors.red(line)) : text;
  });
  const overlaps = timeline.overlaps.map(({ durationUs }) =>
    colors.red(`    ▸ both at once for ${formatUs(durationUs)}`),
  );
  return [...lines, ...overlaps];
}
