/** Draws a document as terminal text. The caller decides whether to use colours (TTY, NO_COLOR). */
import { plural, printable } from '../../words/format.ts';
import { hasText } from '../hasText.ts';
import {
  piecesOf,
  type ArticleBlock,
  type Block,
  type Chapter,
  type FactsBlock,
  type LanesBlock,
  type ProseBlock,
  type ReportDocument,
  type Text,
  type VerdictBlock,
} from '../model.ts';
import { columns } from '../text.ts';
import { checkLines } from './checks.ts';
import { inlineText } from './inline.ts';
import { renderFailure, renderLanes } from './lanes.ts';
import {
  hanging,
  markOf,
  padEnd,
  penOf,
  statusColor,
  type Colors,
  type Pen,
  type TerminalStyle,
} from './style.ts';
import { tableLines } from './table.ts';

export type { TerminalStyle } from './style.ts';

/** The most lines of one text, because an adapter's values may be arbitrarily long. */
const MAX_TEXT_LINES = 16;
const NAME_WIDTH = 15;
const MAX_NAME_WIDTH = 32;
const STEP = 2;

/** The whole document: the chapters, and the verdict at the end, where the reader looks first. */
export function drawDocument(document: ReportDocument, style: TerminalStyle): string {
  const pen = penOf(style);
  const { colors, width } = pen;
  const [first = '', ...rest] = document.about;
  const blocks = [
    [colors.bold(printable(first)), ...rest.map((text) => colors.dim(printable(text)))].join('\n'),
    ...(document.notice === undefined
      ? []
      : [
          hanging('', printable(document.notice), width)
            .map((line) => colors.yellow(line))
            .join('\n'),
        ]),
    ...(document.summary.length === 0 ? [] : [drawBlocks(document.summary, style)]),
    ...document.chapters.filter(hasText).map((chapter) => drawChapter(chapter, pen)),
    drawVerdict(document, style),
  ];
  return `${blocks.join('\n\n')}\n`;
}

/** The last lines: the verdict in one sentence, and the command that repeats the run. */
export function drawVerdict(
  { status, headline, repeat }: Pick<ReportDocument, 'status' | 'headline' | 'repeat'>,
  style: TerminalStyle,
): string {
  const { colors, width } = penOf(style);
  return [
    ...hanging('', printable(headline), width).map((line) => statusColor(status, colors)(colors.bold(line))),
    `repeat: ${colors.cyan(printable(repeat))}`,
  ].join('\n');
}

function drawChapter({ title, blocks }: Chapter, pen: Pen): string {
  return [pen.colors.bold(printable(title)), ...linesOf(blocks, pen)].join('\n');
}

export function drawBlocks(blocks: readonly Block[], style: TerminalStyle): string {
  return linesOf(blocks, penOf(style)).join('\n');
}

/** Blocks one below another. Large ones are separated by empty lines. */
function linesOf(blocks: readonly Block[], pen: Pen): string[] {
  const drawn = blocks
    .map((block) => ({ block, lines: blockLines(block, pen) }))
    .filter(({ lines }) => lines.length > 0);
  return drawn.flatMap(({ block, lines }, index) => {
    const before = drawn[index - 1]?.block;
    const isApart = before !== undefined && (standsAlone(block) || standsAlone(before));
    return isApart ? ['', ...lines] : lines;
  });
}

/** The same, indented by one step. */
function indented(blocks: readonly Block[], pen: Pen): string[] {
  const lines = linesOf(blocks, { ...pen, width: pen.width - STEP });
  return lines.map((line) => (line === '' ? '' : ' '.repeat(STEP) + line));
}

function standsAlone({ kind }: Block): boolean {
  return kind === 'article' || kind === 'table' || kind === 'verdict';
}

function blockLines(block: Block, pen: Pen): string[] {
  const { colors, width } = pen;
  switch (block.kind) {
    case 'verdict':
      return verdictLines(block, pen);
    case 'counts':
      return hanging(
        '',
        block.of
          .map(([status, count]) => statusColor(status, colors)(`${count} ${status}`))
          .join(colors.dim(' · ')),
        width,
      );
    case 'facts':
      return factLines(block, pen);
    case 'table':
      return tableLines(block, colors, width);
    case 'checks':
      return checkLines(block, pen);
    case 'prose':
      return proseLines(block, colors, width);
    case 'lanes':
      return lanesLines(block, pen).map((line) => ' '.repeat(STEP) + line);
    case 'chart':
      return [];
    case 'command':
      // Never wrapped, so that the command can be copied.
      return [`${padEnd(`${block.label}:`, NAME_WIDTH)}${colors.cyan(printable(block.command))}`];
    case 'article':
      return articleLines(block, pen);
    case 'histories':
      return block.words.flatMap(({ title, texts }) => [
        colors.bold(printable(title)),
        ...texts.flatMap((text) => hanging('  ', printable(text), width)),
      ]);
    default:
      return block satisfies never;
  }
}

/** `✓ memory 0.1.0 under hot-stream`, followed by its verdict and details. */
function verdictLines(block: VerdictBlock, pen: Pen): string[] {
  const { colors, width } = pen;
  const { status, name, detail = '', about = '', says, beside = '', more } = block;
  const head = `${markOf(status, colors)} ${colors.bold(printable(name))}${colors.dim(printable(detail))}`;
  const opening = about === '' ? head : `${head} ${printable(about)}`;
  const said = printable(says);
  const paint = statusColor(status, colors);
  const isShort = columns(opening) + columns(said) + STEP <= width;
  const facts = beside === '' ? '' : `${' '.repeat(STEP)}${colors.dim(printable(beside))}`;
  return [
    ...(isShort
      ? [`${opening}${' '.repeat(STEP)}${paint(said)}${facts}`]
      : [opening, ...hanging('  ', said, width).map(paint)]),
    ...indented(more, pen),
  ];
}

function factLines({ rows }: FactsBlock, { colors, width }: Pen): string[] {
  const names = rows.map(([name]) => columns(printable(name)) + 2);
  const indent = Math.min(MAX_NAME_WIDTH, Math.max(NAME_WIDTH, ...names));
  return rows.flatMap(([name, text]) =>
    bounded(hanging(padEnd(`${printable(name)}:`, indent), inlineText(text, colors), width)),
  );
}

function lanesLines({ lanes, isWhole }: LanesBlock, { style, width }: Pen): string[] {
  return (isWhole === true ? renderLanes : renderFailure)(lanes, style, width - STEP);
}

function proseLines({ text, tone }: ProseBlock, colors: Colors, width: number): string[] {
  const lines = bounded(hangingAtMark(inlineText(text, colors), beginsWithMark(text), width));
  switch (tone) {
    case undefined:
    case 'lead':
      return lines;
    case 'quiet':
      return lines.map((line) => colors.dim(line));
    case 'notice':
      return lines.map((line) => colors.yellow(line));
    default:
      return lines.map(statusColor(tone, colors));
  }
}

function beginsWithMark(text: Text): boolean {
  const [first] = piecesOf(text);
  return typeof first === 'object' && 'status' in first;
}

/** Wraps the text so that further lines begin beside the mark. */
function hangingAtMark(text: string, isMarked: boolean, width: number): string[] {
  const [first = '', ...rest] = hanging('', text, isMarked ? width - STEP : width);
  return [first, ...rest.map((line) => (isMarked ? ' '.repeat(STEP) + line : line))];
}

function articleLines(block: ArticleBlock, pen: Pen): string[] {
  const { colors, width } = pen;
  if (block.folded === true) return [];
  const head = `${markOf(block.status, colors)} ${padEnd(printable(block.name), 9)}  `;
  return [
    ...hanging(head, printable(block.title), width).map((line) => colors.bold(line)),
    ...indented(block.blocks, pen),
  ];
}

/** Of long texts, only the beginning and the end are kept. */
function bounded(lines: readonly string[]): string[] {
  const hidden = lines.length - MAX_TEXT_LINES;
  if (hidden <= 0) return [...lines];
  const half = MAX_TEXT_LINES / 2;
  const note = `  … ${plural(hidden, 'more line')}: the result file has them`;
  return [...lines.slice(0, half), note, ...lines.slice(-half)];
}
