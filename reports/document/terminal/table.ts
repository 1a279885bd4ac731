/** Draws a table with aligned columns that fits the terminal. If it is too wide, cells with words are wrapped. */
import { printable } from '../../words/format.ts';
import type { TableBlock } from '../model.ts';
import { columns, wrap } from '../text.ts';
import { inlineText } from './inline.ts';
import { padEnd, padStart, type Colors } from './style.ts';

const GAP = '  ';
/** The narrowest width of a column with words. */
const MIN_COLUMN = 12;
/** Longer words are broken, so that other columns get room. */
const LONGEST_WORD = 28;

export function tableLines(table: TableBlock, colors: Colors, width: number): string[] {
  const { caption, head, rows, numbersFrom = Infinity } = table;
  const texts = rows.map((row) =>
    'group' in row ? printable(row.group) : row.map((cell) => inlineText(cell, colors)),
  );
  const heads = head.map((cell) => inlineText(cell, colors));
  const natural = heads.map((cell, column) =>
    Math.max(columns(cell), ...texts.map((row) => (typeof row === 'string' ? 0 : widest(row[column] ?? '')))),
  );
  const least = heads.map((cell, column) =>
    Math.min(
      LONGEST_WORD,
      longestWord([cell, ...texts.map((row) => (typeof row === 'string' ? '' : (row[column] ?? '')))]),
    ),
  );
  const widths = fitted(natural, least, width, numbersFrom);
  const line = (cells: readonly string[]): string[] => {
    const wrapped = cells.map((cell, column) => wrap(cell, widths[column] ?? 1));
    const height = Math.max(1, ...wrapped.map((lines) => lines.length));
    return Array.from({ length: height }, (_, at) =>
      wrapped
        .map((lines, column) =>
          (column < numbersFrom ? padEnd : padStart)(lines[at] ?? '', widths[column] ?? 0),
        )
        .join(GAP)
        .trimEnd(),
    );
  };
  return [
    ...(caption === undefined ? [] : [colors.bold(printable(caption))]),
    ...line(heads.map((cell) => (cell === '' ? '' : colors.dim(cell)))),
    ...texts.flatMap((row) => (typeof row === 'string' ? [colors.bold(row)] : line(row))),
  ];
}

function widest(text: string): number {
  return Math.max(...text.split('\n').map(columns));
}

function longestWord(cells: readonly string[]): number {
  return Math.max(...cells.flatMap((cell) => cell.split(/\s+/)).map(columns));
}

/** Narrows the widest column with words, again and again, until the table fits or no column can be narrowed. */
function fitted(
  natural: readonly number[],
  least: readonly number[],
  width: number,
  numbersFrom: number,
): number[] {
  const widths = [...natural];
  const room = width - GAP.length * (widths.length - 1);
  for (let over = sum(widths) - room; over > 0; over = sum(widths) - room) {
    const leastOf = (column: number): number => Math.max(MIN_COLUMN, least[column] ?? 0);
    const words = widths.map((each, column) => (column < numbersFrom && each > leastOf(column) ? each : 0));
    const [most = 0, next = 0] = words.toSorted((a, b) => b - a);
    if (most === 0) break;
    const column = words.indexOf(most);
    widths[column] = Math.max(leastOf(column), most - over, Math.min(next - 1, most - 1));
  }
  return widths;
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
