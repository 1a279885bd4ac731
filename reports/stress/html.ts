/** A stress run as one self-contained HTML file without a script. */
import { formatCount, formatMs, formatTime } from '../format.ts';
import { htmlDocument } from '../html/document.ts';
import { markup, type Markup } from '../html/markup.ts';
import { command, definitions, statusChip } from '../html/parts.ts';
import { timelineFigure } from '../html/timeline.ts';
import { cellsOf, stressStatus, type StressReport, type StressRun } from './model.ts';
import { CELL_HEADS, cellTexts, effortText, runName, stressHeadline } from './words.ts';

const OWN_STYLES = `
article + article { margin-top: 28px; }
.scroll { overflow-x: auto; }
table.cells td { white-space: nowrap; padding-right: 14px; }
table.cells td:nth-child(n+3) { text-align: right; }
table.cells th { white-space: nowrap; }
table.runs th[scope=row] { font-weight: 500; text-align: left; }
`;

export function renderStressHtml(report: StressReport): string {
  const tone = { 0: 'ok', 1: 'violated', 3: 'inconclusive' }[stressStatus(report)];
  const facts = [
    `lockstep ${report.lockstepVersion} stress`,
    formatTime(report.startedAt),
    formatMs(report.durationMs),
  ];
  const notOk = report.runs.filter(({ verdict }) => verdict !== 'ok');
  return htmlDocument({
    title: stressHeadline(report),
    styles: OWN_STYLES,
    main: markup`<header class="page ${tone}">
  <p class="kicker">${facts.join(' · ')}</p>
  <h1>${stressHeadline(report)}</h1>
  <p class="quiet">${effortText(report)}</p>
  ${command(report.repeat)}
</header>
${notOk.length === 0 ? undefined : markup`<section class="chapter"><h2>What did not hold, or could not be decided</h2>${notOk.map(article)}</section>`}
<section class="chapter">
  <h2>Faults and targets</h2>
  <p class="quiet">Times until a stream was usable again are medians / maxima.</p>
  <div class="scroll" tabindex="0" role="region" aria-label="Faults and targets"><table class="cells">
    <thead><tr>${CELL_HEADS.map((head) => markup`<th scope="col">${head}</th>`)}</tr></thead>
    <tbody>${cellsOf(report.runs).map((cell) => markup`<tr>${cellTexts(cell).map((text) => markup`<td>${text}</td>`)}</tr>`)}</tbody>
  </table></div>
</section>
<section class="chapter">
  <h2>Every load</h2>
  <table class="runs">
    <thead><tr><th scope="col">Load</th><th scope="col">Verdict</th><th scope="col">Figures</th></tr></thead>
    <tbody>${report.runs.map(row)}</tbody>
  </table>
</section>`,
  });
}

function row(run: StressRun): Markup {
  const figures = `${formatCount(run.operations)} operations, ${run.struck} strikes, ${formatMs(run.durationMs)}`;
  return markup`<tr>
    <th scope="row">${runName(run)}</th>
    <td>${statusChip(run.verdict)}</td>
    <td>${figures}</td>
  </tr>`;
}

function article(run: StressRun): Markup {
  const { broken, evidence } = run;
  return markup`<article>
    <h3>${statusChip(run.verdict)} ${runName(run)}</h3>
    <p class="lead verbatim">${run.reason}</p>
    ${broken === undefined ? undefined : timelineFigure(broken.lanes, broken.summary)}
    ${definitions([
      ...(broken === undefined ? [] : ([['rule', broken.rule]] as const)),
      ...(evidence === undefined ? [] : ([['evidence', evidence]] as const)),
    ])}
    ${command(run.repeat)}
  </article>`;
}
