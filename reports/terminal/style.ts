/** Colours, wrapping and columns of terminal text. */
import pc from 'picocolors';
import { STATUS_MARKS } from '../words.ts';
import type { ClauseStatus } from '../../suites/result.ts';

export interface TerminalStyle {
  readonly color: boolean;
  /** Columns of the terminal. */
  readonly columns: number;
}

/** What text is wrapped to: lines longer than this are hard to read, shorter ones hold no table. */
const MIN_WIDTH = 60;
const MAX_WIDTH = 120;

export type Colors = ReturnType<typeof pc.createColors>;

export function colorsOf(style: TerminalStyle): Colors {
  return pc.createColors(style.color);
}

export function widthOf(style: TerminalStyle): number {
  return Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, style.columns));
}

/** The mark of a status, in its colour. */
export function markOf(status: ClauseStatus, colors: Colors): string {
  return statusColor(status, colors)(STATUS_MARKS[status]);
}

/** Whether nothing is said of the adapter by this status. */
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

/** How many columns `text` takes: characters, wide ones twice, combining ones none. No colours in it. */
export function columns(text: string): number {
  let count = 0;
  for (const character of text) {
    if (/\p{M}/u.test(character)) continue;
    count += WIDE.test(character) ? 2 : 1;
  }
  return count;
}

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columns(text)));
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - columns(text))) + text;
}

/** `text` cut to `width` columns, with an ellipsis where it was cut. */
export function fit(text: string, width: number): string {
  if (columns(text) <= width) return text;
  let cut = '';
  for (const character of text) {
    if (columns(cut + character) > width - 1) break;
    cut += character;
  }
  return `${cut.trimEnd()}…`;
}

/** The words of `text` in lines of `width` columns; words that are longer are broken. Lines of the text stay. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ').flatMap((word) => pieces(word, width))) {
      if (line !== '' && columns(line) + 1 + columns(word) > width) {
        lines.push(line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines;
}

function pieces(word: string, width: number): string[] {
  const parts: string[] = [];
  let part = '';
  for (const character of word) {
    if (part !== '' && columns(part + character) > width) {
      parts.push(part);
      part = '';
    }
    part += character;
  }
  return [...parts, part];
}

/** `label` once, then `text` wrapped beside it. */
export function hanging(label: string, text: string, width: number): string[] {
  const indent = columns(label);
  return wrap(text, Math.max(20, width - indent)).map(
    (line, index) => (index === 0 ? label : ' '.repeat(indent)) + line,
  );
}

/** Rows in aligned columns, two spaces apart: numbers to the right. The first row is the head. */
export function table(rows: readonly (readonly string[])[], rightFrom: number): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => columns(row[column] ?? ''))),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => (column < rightFrom ? padEnd : padStart)(cell, widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
