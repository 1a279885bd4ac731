/**
 * One self-contained HTML file that opens from disk: nothing is fetched, and its own policy forbids it. Everything
 * is readable without the script, which adds plots, filters and the walk through a timeline.
 */
import { chartLibrary } from './html/assets.ts';
import { CLIENT } from './html/client.ts';
import { clauseChapter } from './html/clauses.ts';
import { htmlDocument } from './html/document.ts';
import { pageHeader, type Chapter } from './html/header.ts';
import { loadChapters } from './html/loads.ts';
import { markup, scriptJson, type Markup } from './html/markup.ts';
import { runChapter } from './html/run.ts';
import { streamChapter } from './html/streams.ts';
import { controlChapters, violationChapters } from './html/violations.ts';
import type { RunResult } from './model.ts';
import { headline } from './words.ts';

export function renderHtml(run: RunResult): string {
  const loads = loadChapters(run);
  const streams = streamChapter(run);
  const chapters = [
    ...violationChapters(run),
    ...loads.chapters,
    ...controlChapters(run),
    ...(streams === undefined ? [] : [streams.chapter]),
    ...clauseChapter(run),
    runChapter(run),
  ];
  const library = chartLibrary();
  const charts = loads.charts.length > 0;
  const script = `${charts ? `/*\n${library.license}*/\n${library.script}\n` : ''}${CLIENT}${streams?.script ?? ''}`;
  return htmlDocument({
    title: headline(run),
    styles: `${charts ? library.style : ''}${streams?.styles ?? ''}`,
    main: [pageHeader(run, chapters), chapters.map(chapterSection)],
    data: markup`<script type="application/json" id="charts">${scriptJson(loads.charts)}</script>${streams?.data}`,
    script,
  });
}

function chapterSection({ id, title, content }: Chapter): Markup {
  return markup`<section class="chapter" id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${content}
  </section>`;
}
