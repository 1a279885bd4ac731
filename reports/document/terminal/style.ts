/** Colours and wrapping of terminal text. */
import pc from 'picocolors';
import { columns, wrap } from '../text.ts';
import { STATUS_MARKS } from '../../words/words.ts';
import type { ClauseStatus } from '../../../suites/result.ts';

export interface TerminalStyle {
  readonly color: boolean;
  /** The width of the terminal. */
  readonly columns: number;
}

/** The range of widths for wrapped text: longer lines are hard to read, and narrower ones have no room for a table. */
const MIN_WIDTH = 60;
const MAX_WIDTH = 120;

export type Colors = ReturnType<typeof pc.createColors>;

export function colorsOf(style: TerminalStyle): Colors {
  return pc.createColors(style.color);
}

export function widthOf(style: TerminalStyle): number {
  return Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, style.columns));
}

/** A resolved style for drawing lines. */
export interface Pen {
  readonly style: TerminalStyle;
  readonly colors: Colors;
  /** The most columns of a line. */
  readonly width: number;
}

export function penOf(style: TerminalStyle): Pen {
  return { style, colors: colorsOf(style), width: widthOf(style) };
}

/** The mark of a status, in its colour. */
export function markOf(status: ClauseStatus, colors: Colors): string {
  return statusColor(status, colors)(STATUS_MARKS[status]);
}

/** Whether this status says nothing about the adapter. */
export function isQuiet(status: ClauseStatus): boolean {
  return status === 'not-applicable' || status === 'skipped' || status === 'not-run';
}

export function statusColor(status: ClauseStatus, colors: Colors): (text: string) => string {
  switch (status) {
    case 'ok':
      return colors.green;
    case 'violated':
      return colors.red;
    case 'inconclusive':
    case 'unverified':
    case 'error':
      return colors.yellow;
    case 'not-applicable':
    case 'skipped':
    case 'not-run':
      return colors.dim;
    default: {
      const never: never = status;
      return never;
    }
  }
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columns(text)));
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - columns(text))) + text;
}

/** `label` once, with `text` wrapped beside it. */
export function hanging(label: string, text: string, width: number): string[] {
  const indent = columns(label);
  return wrap(text, Math.max(20, width - indent)).map(
    (line, index) => (index === 0 ? label : ' '.repeat(indent)) + line,
  );
}
