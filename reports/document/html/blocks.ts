/** Draws blocks as HTML. */
import type { LinesChart } from '../chart.ts';
import type { ArticleBlock, Block, FactsBlock, HistoriesBlock, ProseBlock, VerdictBlock } from '../model.ts';
import { timelineFigure as historiesFigure } from '../../check/page/figure.ts';
import { chartFigure } from './charts.ts';
import { checksTable } from './checks.ts';
import { inlineMarkup } from './inline.ts';
import { intervalsFigure } from './intervals.ts';
import { markup, trusted, type Markup } from './markup.ts';
import { command, countsBar, statusChip } from './parts.ts';
import { rangesFigure } from './ranges.ts';
import { tableMarkup } from './table.ts';
import { timelineFigure } from './timeline.ts';

export interface PageContext {
  /** The charts of the page, in order. The script identifies a chart by its index. */
  readonly charts: readonly LinesChart[];
  /** The level of the headings inside. */
  readonly level: 2 | 3;
}

/** Neighbouring blocks of one kind share a frame: cards form a grid, and charts are side by side. */
export function blocksMarkup(blocks: readonly Block[], context: PageContext): Markup[] {
  const groups: Block[][] = [];
  for (const block of blocks) {
    const last = groups.at(-1);
    if (last !== undefined && isGrouped(block) && last[0]?.kind === block.kind) last.push(block);
    else groups.push([block]);
  }
  return groups.map((group) => {
    const drawn = group.map((block) => blockMarkup(block, context));
    const [first] = group;
    if (first === undefined || !isGrouped(first)) return markup`${drawn}`;
    return first.kind === 'verdict'
      ? markup`<ul class="cards">${drawn}</ul>`
      : markup`<div class="charts">${drawn}</div>`;
  });
}

function isGrouped(block: Block): boolean {
  return block.kind === 'verdict' || (block.kind === 'chart' && block.chart.kind === 'lines');
}

function blockMarkup(block: Block, context: PageContext): Markup | undefined {
  switch (block.kind) {
    case 'verdict':
      return card(block, context);
    case 'counts':
      return markup`${countsBar(block.of)}<p>${block.of.map(([status, count], index) => `${index > 0 ? ' · ' : ''}${count} ${status}`)}</p>`;
    case 'facts':
      return facts(block);
    case 'table':
      return tableMarkup(block);
    case 'checks':
      return checksTable(block);
    case 'prose':
      return prose(block);
    case 'lanes':
      return timelineFigure(block.lanes, block.about);
    case 'chart':
      return chart(block, context);
    case 'command':
      return command(block.command, block.label);
    case 'article':
      return article(block, context);
    case 'histories':
      return histories(block);
    default:
      return block satisfies never;
  }
}

function card(
  { status, name, detail, about, says, beside, more }: VerdictBlock,
  context: PageContext,
): Markup {
  const aside = more.filter(isAside);
  return markup`<li class="card">
    <h2><span class="name">${name}</span><span class="quiet">${detail}</span></h2>
    ${about === undefined ? undefined : markup`<p class="quiet">${about}</p>`}
    <p class="verdict">${statusChip(status, says)}</p>
    ${beside === undefined ? undefined : markup`<p class="quiet">${beside}</p>`}
    ${blocksMarkup(
      more.filter((block) => !isAside(block)),
      context,
    )}
    ${aside.length === 0 ? undefined : markup`<details><summary>what was not checked</summary>${blocksMarkup(aside, context)}</details>`}
  </li>`;
}

/** Whether a card leaves the line out, because it says nothing about what was tested. */
function isAside(block: Block): boolean {
  return (
    block.kind === 'prose' &&
    (block.tone === 'not-applicable' || block.tone === 'skipped' || block.tone === 'not-run')
  );
}

function facts({ rows }: FactsBlock): Markup | undefined {
  if (rows.length === 0) return undefined;
  return markup`<dl class="facts">
    ${rows.map(
      ([name, text]) =>
        markup`<div>
          <dt>${name}</dt>
          <dd>${inlineMarkup(text)}</dd>
        </div>`,
    )}
  </dl>`;
}

function prose({ text, tone }: ProseBlock): Markup {
  const content = inlineMarkup(text);
  if (tone === undefined) return markup`<p>${content}</p>`;
  return tone === 'lead' || tone === 'quiet' || tone === 'notice'
    ? markup`<p class="${tone} verbatim">${content}</p>`
    : markup`<p class="said ${tone} verbatim">${content}</p>`;
}

function chart(
  { chart, title, note }: Extract<Block, { kind: 'chart' }>,
  { charts }: PageContext,
): Markup | undefined {
  switch (chart.kind) {
    case 'lines':
      return chartFigure(charts.indexOf(chart), title, chart, note);
    case 'ranges':
      return rangesFigure(chart, title, note);
    case 'intervals':
      return intervalsFigure(chart, title, note);
    default:
      return chart satisfies never;
  }
}

function article({ id, status, name, title, blocks, folded }: ArticleBlock, context: PageContext): Markup {
  const content = blocksMarkup(blocks, context);
  if (folded === true) {
    return markup`<details class="more" ${idOf(id)}><summary><span class="clause-id">${name}</span> ${title}</summary>${content}</details>`;
  }
  return markup`<article class="violation ${status}" ${idOf(id)}>
    <h3><span class="clause-id">${name}</span> ${title}</h3>
    ${content}
  </article>`;
}

function idOf(id: string | undefined): Markup {
  return id === undefined ? trusted('') : markup`id="${id}"`;
}

function histories({ words }: HistoriesBlock): Markup {
  return markup`${historiesFigure()}
    <noscript><p class="notice">The timeline needs scripts, which are off.</p>
      ${words.map(({ title, texts }) => markup`<h3>${title}</h3>${texts.map((text) => markup`<p>${text}</p>`)}`)}
    </noscript>`;
}
