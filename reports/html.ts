/**
 * One self-contained HTML file that opens from disk: nothing is fetched, and its own policy forbids it. Everything
 * is readable without the script, which adds plots, filters and the walk through a timeline.
 */
import { createHash } from 'node:crypto';
import { chartLibrary } from './html/assets.ts';
import { CLIENT } from './html/client.ts';
import { clauseChapter } from './html/clauses.ts';
import { pageHeader, type Chapter } from './html/header.ts';
import { loadChapters } from './html/loads.ts';
import { markup, scriptJson, trusted, type Markup } from './html/markup.ts';
import { runChapter } from './html/run.ts';
import { STYLES } from './html/styles.ts';
import { controlChapters, violationChapters } from './html/violations.ts';
import type { RunResult } from './model.ts';
import { headline } from './words.ts';

export function renderHtml(run: RunResult): string {
  const loads = loadChapters(run);
  const chapters = [
    ...violationChapters(run),
    ...loads.chapters,
    ...controlChapters(run),
    ...clauseChapter(run),
    runChapter(run),
  ];
  const library = chartLibrary();
  const charts = loads.charts.length > 0;
  const script = `${charts ? `/*\n${library.license}*/\n${library.script}\n` : ''}${CLIENT}`;
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${sha256(script)}'; base-uri 'none'; form-action 'none'`;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8" />
<meta http-equiv="Content-Security-Policy" content="${policy}" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta name="color-scheme" content="light dark" />
<meta name="referrer" content="no-referrer" />
<title>${headline(run)} · lockstep</title>
<style>${trusted(charts ? library.style : '')}${trusted(STYLES)}</style>
</head>
<body>
<main>
${pageHeader(run, chapters)}
${chapters.map(chapterSection)}
</main>
<script type="application/json" id="charts">${scriptJson(loads.charts)}</script>
<script>${trusted(script)}</script>
</body>
</html>
`.text;
}

function chapterSection({ id, title, content }: Chapter): Markup {
  return markup`<section class="chapter" id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${content}
  </section>`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
