/** Draws a timeline with one column per lane, time running downwards, and one line per step. */
import { formatMoment, formatUs, printable } from '../../words/format.ts';
import type { LaneLayout, PlacedEvent, Timeline } from '../../timeline.ts';
import { columns, fit, labelLines } from '../text.ts';
import { padEnd, padStart, type Colors } from './style.ts';

/** The most lines of an unmarked step's label. */
const MAX_LINES = 4;

export function renderColumns(
  timeline: Timeline,
  colors: Colors,
  timeWidth: number,
  width: number,
): string[] {
  const indent = ' '.repeat(timeWidth);
  const head = timeline.lanes.map((lane) => padEnd(fit(printable(lane.label), width - 2), width)).join('');
  const momentOf = momentsOf(timeline);
  const lines = timeline.steps.flatMap((step) => {
    const { label: text, marked = false } = step.event;
    // Not by its color alone.
    const label = labelLines(`${marked ? '▸ ' : ''}${printable(text)}`, width - 4, MAX_LINES, marked);
    return label.map((part, line) => {
      const time = line === 0 ? padStart(momentOf(step.event.fromUs), timeWidth - 2) : '';
      const cells = timeline.lanes.map((lane) => cell(timeline, lane, { step, part, line }, colors, width));
      return colors.dim(padEnd(time, timeWidth)) + cells.join('');
    });
  });
  const overlaps = timeline.overlaps.map(
    ({ durationUs }) => indent + colors.red(`┃ both at once for ${formatUs(durationUs)}`),
  );
  return [indent + colors.bold(head), ...lines, ...overlaps].map((line) => line.trimEnd());
}

/**
 * Returns a function that formats times since the first step. All its texts are empty if the times are too close
 * together to differ, as in histories with plain numbers for times.
 */
export function momentsOf({ steps }: Timeline): (atUs: number) => string {
  const firstUs = steps[0]?.event.fromUs ?? 0;
  const lastUs = steps.at(-1)?.event.fromUs ?? 0;
  return steps.length > 1 && formatMoment(lastUs - firstUs) === formatMoment(0)
    ? () => ''
    : (atUs) => formatMoment(atUs - firstUs);
}

/** One line of a step's label. */
interface Part {
  readonly step: PlacedEvent;
  readonly part: string;
  readonly line: number;
}

/** What a lane shows next to `part`: the step itself; that the lane is inside a section or waits; or nothing. */
function cell(
  timeline: Timeline,
  lane: LaneLayout,
  { step, part, line }: Part,
  colors: Colors,
  width: number,
): string {
  const own = lane.rows.some((row) => row.events.some((placed) => placed.number === step.number));
  const contested = timeline.overlaps.some(({ from, to }) => step.from >= from && step.from < to);
  const heavy =
    contested && lane.rows.some((row) => row.events.some((placed) => placed.event.marked === true));
  const bar = own && line === 0 ? barOf(step, heavy) : running(lane, step, own, heavy);
  const text = own ? ` ${part}` : '';
  const paint =
    step.event.marked === true ? colors.red : step.event.kind === 'error' ? colors.yellow : String;
  return (heavy ? colors.red(bar) : colors.dim(bar)) + paint(text) + ' '.repeat(width - columns(bar + text));
}

/** The bar of a lane between its steps. `own`: the line is below the first line of the lane's own step. */
function running(lane: LaneLayout, step: PlacedEvent, own: boolean, heavy: boolean): string {
  const at = own ? (step.from + step.to) / 2 : step.from;
  if (own && step.event.kind === 'leave') return ' ';
  for (const row of lane.rows) {
    const section = row.sections.find(({ from, to }) => at >= from && at < to);
    if (section !== undefined && at < section.inside.from) return '╎';
    if (section !== undefined || row.events.some(({ from, to }) => at > from && at < to))
      return heavy ? '┃' : '│';
  }
  return ' ';
}

function barOf({ event }: PlacedEvent, heavy: boolean): string {
  switch (event.kind) {
    case 'enter':
      return '┌';
    case 'leave':
      return '└';
    case 'stuck':
      return '▾';
    case 'call':
    case 'error':
    case 'other':
      return heavy ? '┣' : '├';
    default: {
      const never: never = event.kind;
      return never;
    }
  }
}
