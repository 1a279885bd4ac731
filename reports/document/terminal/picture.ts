/** Draws a timeline with one line per lane and time running to the right. */
import { formatUs, printable } from '../../words/format.ts';
import type { LaneRow, Span, Timeline } from '../../timeline.ts';
import { columns, fit, graphemes } from '../text.ts';
import { padEnd, type Colors } from './style.ts';

export function renderPicture(timeline: Timeline, colors: Colors, labelWidth: number): string[] {
  const lines = timeline.lanes.flatMap((lane) =>
    lane.rows.map((row, index) => {
      const label = index === 0 ? fit(printable(lane.label), labelWidth) : '';
      return `${padEnd(label, labelWidth)}  ${drawRow(row, timeline.width, colors)}`.trimEnd();
    }),
  );
  for (const overlap of timeline.overlaps) {
    const { from, to } = rounded(overlap);
    const text = `both at once for ${formatUs(overlap.durationUs)}`;
    const bar = '▔'.repeat(Math.max(1, to - from));
    // The text is below the bar if there is room to its right, else before the bar.
    const after = from + bar.length + 1 + text.length <= timeline.width;
    const line = after ? `${bar} ${text}` : bar;
    const indent = ' '.repeat(labelWidth + 2);
    lines.push(`${indent}${' '.repeat(from)}${colors.red(line)}`);
    if (!after) {
      const start = Math.max(0, Math.min(from, timeline.width - text.length));
      lines.push(`${indent}${' '.repeat(start)}${colors.red(text)}`);
    }
  }
  return lines;
}

interface Cell {
  readonly character: string;
  readonly style: 'plain' | 'marked' | 'dim' | 'error';
}

/** Draws dashes inside a section and thin dashes for the wait before it, and then the labels over them. */
function drawRow(row: LaneRow, width: number, colors: Colors): string {
  const cells: Cell[] = Array.from({ length: Math.ceil(width) + 1 }, () => ({
    character: ' ',
    style: 'plain',
  }));
  const fill = (span: Span, character: string): void => {
    for (let at = Math.round(span.from); at < Math.round(span.to); at++)
      cells[at] = { character, style: 'dim' };
  };
  const frame = (span: Span, close: string): void => {
    const { from, to } = rounded(span);
    cells[from] = { character: '├', style: 'dim' };
    cells[to - 1] = { character: close, style: 'dim' };
  };
  for (const section of row.sections) {
    fill(section, '╌');
    fill(section.inside, '─');
    frame(section, closing(row, section));
  }
  for (const placed of row.events) {
    if (!row.sections.some((section) => section.from <= placed.from && placed.to <= section.to)) {
      fill(placed, '─');
      frame(placed, placed.event.kind === 'stuck' ? '▸' : '┤');
    }
    let at = Math.round(placed.from) + 1;
    const style = placed.event.marked === true ? 'marked' : placed.event.kind === 'error' ? 'error' : 'plain';
    for (const character of graphemes(` ${printable(placed.event.label)} `)) {
      cells[at] = { character, style };
      at += 1;
      // The remaining columns of a wide character.
      for (let more = columns(character); more > 1; more -= 1) cells[at++] = { character: '', style };
    }
  }
  return paint(cells, colors);
}

/** An arrow if the section's last step never returned. */
function closing(row: LaneRow, section: Span): string {
  const last = row.events.filter((placed) => placed.to <= section.to).at(-1);
  return last?.event.kind === 'stuck' ? '▸' : '┤';
}

function paint(cells: readonly Cell[], colors: Colors): string {
  const brush = { plain: String, marked: colors.red, dim: colors.dim, error: colors.yellow };
  let line = '';
  for (let at = 0; at < cells.length;) {
    const style = cells[at]?.style ?? 'plain';
    let text = '';
    while (at < cells.length && cells[at]?.style === style) text += cells[at++]?.character ?? '';
    line += text.trim() === '' ? text : brush[style](text);
  }
  return line;
}

function rounded(span: Span): Span {
  return { from: Math.round(span.from), to: Math.round(span.to) };
}
