/** A document as Markdown, for a pull request or a workflow's summary. */
import { STATUS_MARKS } from '../../words/words.ts';
import {
  piecesOf,
  type ArticleBlock,
  type Block,
  type Chapter,
  type Check,
  type ChecksBlock,
  type Inline,
  type ReportDocument,
  type TableBlock,
  type Text,
  type VerdictBlock,
} from '../model.ts';
import { hasText } from '../hasText.ts';
import { renderFailure, renderLanes } from '../terminal/lanes.ts';
import { code, escaped, fenced } from './escape.ts';

/** The most failures to show in full, because the summary of a workflow step may have at most 1 MiB. */
const MAX_ARTICLES = 20;
const LANES_WIDTH = 100;
const PLAIN = { color: false, columns: LANES_WIDTH };
const VERDICT_MARKS = { ok: '✅', violated: '❌', inconclusive: '⚠️' } as const;

export function drawMarkdown(document: ReportDocument): string {
  const { about, status, headline, notice, repeat, summary, chapters } = document;
  const [first = 'lockstep', ...rest] = about;
  const blocks = [
    `## ${VERDICT_MARKS[status]} ${escaped(first)}: ${escaped(headline)}`,
    ...(rest.length === 0 ? [] : [escaped(rest.join(', '))]),
    ...(notice === undefined ? [] : [`**${escaped(notice)}**`]),
    ...drawBlocks(summary),
    ...chapters.filter(hasText).flatMap(drawChapter),
    `Repeat: ${code(repeat)}`,
  ];
  return `${blocks.join('\n\n')}\n`;
}

function drawChapter({ title, blocks, isReference }: Chapter): string[] {
  const drawn = drawBlocks(blocks);
  if (drawn.length === 0) return [];
  return isReference === true
    ? [`<details><summary>${escaped(title)}</summary>`, ...drawn, '</details>']
    : [`### ${escaped(title)}`, ...drawn];
}

function drawBlocks(blocks: readonly Block[]): string[] {
  const articles = blocks.filter(({ kind }) => kind === 'article');
  const left = new Set(articles.slice(MAX_ARTICLES));
  const drawn = blocks.flatMap((block) => (left.has(block) ? [] : drawBlock(block)));
  return left.size === 0 ? drawn : [...drawn, `And ${left.size} more; the report has them all.`];
}

function drawBlock(block: Block): string[] {
  switch (block.kind) {
    case 'verdict':
      return [verdict(block)];
    case 'counts':
      return [block.of.map(([status, count]) => `${count} ${status}`).join(' · ')];
    case 'facts':
      return block.rows.length === 0 ? [] : [block.rows.map(fact).join('\n')];
    case 'table':
      return [...(block.caption === undefined ? [] : [`**${escaped(block.caption)}**`]), table(block)];
    case 'checks':
      return [checks(block)];
    case 'prose':
      return [inline(block.text)];
    case 'lanes':
      return block.lanes.length === 0
        ? []
        : [
            fenced(
              (block.isWhole === true ? renderLanes : renderFailure)(block.lanes, PLAIN, LANES_WIDTH).join(
                '\n',
              ),
            ),
          ];
    case 'chart':
      return [];
    case 'command':
      return [`${escaped(block.label)}: ${code(block.command)}`];
    case 'article':
      return article(block);
    case 'histories':
      return block.words.flatMap(({ title, texts }) => [`**${escaped(title)}**`, ...texts.map(escaped)]);
    default:
      return block satisfies never;
  }
}

/** A list item, followed by its details. */
function verdict({ status, name, detail = '', about = '', says, beside, more }: VerdictBlock): string {
  const head = `${STATUS_MARKS[status]} **${escaped(name)}**${escaped(detail)}`;
  const lines = drawBlocks(more).flatMap((text) => text.split('\n'));
  return [
    `- ${[head, ...(about === '' ? [] : [escaped(about)])].join(' ')}: ${escaped(says)}${beside === undefined ? '' : `, ${escaped(beside)}`}`,
    ...lines.map((line) => (line.startsWith('- ') ? `  ${line}` : `  - ${line}`)),
  ].join('\n');
}

function fact([name, text]: readonly [string, Text]): string {
  return `- ${escaped(name)}: ${inline(text)}`;
}

function article({ status, name, title, blocks, folded }: ArticleBlock): string[] {
  if (folded === true) return [];
  const summary = `<summary>${STATUS_MARKS[status]} <b>${escaped(name)}</b> ${escaped(title)}</summary>`;
  return [[`<details>${summary}`, ...drawBlocks(blocks), '</details>'].join('\n\n')];
}

function table({ head, rows }: TableBlock): string {
  return grid(
    head.map(inline),
    rows.map((row) =>
      'group' in row
        ? [`**${escaped(row.group)}**`, ...head.slice(1).map(() => '')]
        : row.map((cell) => inline(cell)),
    ),
  );
}

function checks({ noun, targets, rows }: ChecksBlock): string {
  return grid(
    [escaped(noun), ...targets.map(escaped)],
    rows.map(({ id, text, results }) => [
      `**${escaped(id)}** ${escaped(text)}`,
      ...targets.map((_, index) => check(results[index])),
    ]),
  );
}

function check(result: Check | undefined): string {
  if (result === undefined) return '–';
  const { status, says = status, effort = [], reason } = result;
  const parts = [`${STATUS_MARKS[status]} ${escaped(says)}`, ...effort.map(escaped)].join(', ');
  return reason === undefined ? parts : `${parts}: ${escaped(reason)}`;
}

function grid(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function inline(text: Text): string {
  return piecesOf(text).map(piece).join('').trim();
}

function piece(one: Inline): string {
  if (typeof one === 'string') return escaped(one);
  if ('strong' in one) return `**${escaped(one.strong)}**`;
  if ('quiet' in one) return escaped(one.quiet);
  // A vertical bar would end the table cell.
  if ('code' in one) return one.code.includes('|') ? escaped(one.code) : code(one.code);
  if ('name' in one) return escaped(one.name);
  if ('share' in one) return '';
  return `${STATUS_MARKS[one.status]} ${escaped(one.text ?? one.status)}`;
}
