/**
 * A document as one self-contained HTML file that opens from disk. It loads nothing, and its security policy forbids
 * loading. Everything can be read without the script, which adds plots, filters and navigation in timelines.
 */
import { SCRIPT as HISTORIES_SCRIPT } from '../../check/page/script.ts';
import { OWN_STYLES as HISTORIES_STYLES } from '../../check/page/styles.ts';
import type { FileTimelines } from '../../check/timeline/pageData.ts';
import type { LinesChart } from '../chart.ts';
import type { Block, Chapter, ReportDocument } from '../model.ts';
import { chartLibrary } from './assets.ts';
import { blocksMarkup } from './blocks.ts';
import { CLIENT } from './client.ts';
import { htmlDocument } from './document.ts';
import { markup, scriptJson, type Markup } from './markup.ts';
import { command } from './parts.ts';

export function drawHtml(document: ReportDocument): string {
  const all = [document.summary, ...document.chapters.map(({ blocks }) => blocks)].flatMap(everyBlock);
  const charts = all.flatMap((block) =>
    block.kind === 'chart' && block.chart.kind === 'lines' ? [block.chart] : [],
  );
  const histories = all.flatMap((block) => (block.kind === 'histories' ? block.files : []));
  const library = charts.length > 0 ? chartLibrary() : undefined;
  const plots = library === undefined ? '' : `/*\n${library.license}*/\n${library.script}\n`;
  return htmlDocument({
    title: document.headline,
    styles: `${library?.style ?? ''}${histories.length > 0 ? HISTORIES_STYLES : ''}`,
    main: [header(document), document.chapters.map((chapter) => chapterSection(chapter, charts))],
    data: [chartData(charts), historyData(histories)],
    script: `${plots}${CLIENT}${histories.length > 0 ? HISTORIES_SCRIPT : ''}`,
  });
}

/** All blocks, including nested ones. */
function everyBlock(blocks: readonly Block[]): Block[] {
  return blocks.flatMap((block) => [
    block,
    ...(block.kind === 'verdict' ? everyBlock(block.more) : []),
    ...(block.kind === 'article' ? everyBlock(block.blocks) : []),
  ]);
}

function header({ about, status, headline, notice, repeat, summary, chapters }: ReportDocument): Markup {
  return markup`<header class="page ${status}">
    <p class="kicker">${about.join(' · ')}</p>
    <h1>${headline}</h1>
    ${notice === undefined ? undefined : markup`<p class="notice">${notice}</p>`}
    ${blocksMarkup(summary, { charts: [], level: 2 })}
    ${command(repeat)}
    ${chapters.length < 2 ? undefined : markup`<nav aria-label="Chapters">${chapters.map(({ id, title }) => markup`<a href="#${id}">${title}</a>`)}</nav>`}
  </header>`;
}

function chapterSection({ id, title, blocks }: Chapter, charts: readonly LinesChart[]): Markup {
  return markup`<section class="chapter" id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${blocksMarkup(blocks, { charts, level: 3 })}
  </section>`;
}

function chartData(charts: readonly LinesChart[]): Markup {
  return markup`<script type="application/json" id="charts">${scriptJson(charts)}</script>`;
}

function historyData(files: readonly FileTimelines[]): Markup | undefined {
  if (files.length === 0) return undefined;
  return markup`<script type="application/json" id="histories">${scriptJson(files)}</script>`;
}
