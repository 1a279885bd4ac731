/** The kill matrix as one self-contained HTML file without a script. */
import { CLAUSES } from '../../adapters/contract/index.ts';
import type { SpecimenResult } from '../../suites/mutation.ts';
import type { ClauseResult } from '../../suites/result.ts';
import { formatMs, formatTime, plural } from '../format.ts';
import { htmlDocument } from '../html/document.ts';
import { markup, type Markup } from '../html/markup.ts';
import { command, definitions, statusChip } from '../html/parts.ts';
import { timelineFigure } from '../html/timeline.ts';
import { mutationStatus, tellingExam, type MutationReport } from './model.ts';
import { effortText, FATE_STATUS, fateText, mutationHeadline, othersText } from './words.ts';

const OWN_STYLES = `
table.specimens { table-layout: fixed; width: 100%; }
table.specimens th:nth-child(1) { width: 24%; }
table.specimens th:nth-child(2) { width: 14%; }
table.specimens th[scope=row], table.grid th[scope=row] { font-weight: 500; text-align: left; }
table.specimens .status { white-space: normal; }
.scroll { overflow-x: auto; }
table.grid { border-collapse: collapse; }
table.grid thead th { writing-mode: vertical-rl; font-weight: 500; font-size: 12px; padding: 2px; }
table.grid td { text-align: center; padding: 1px 5px; }
`;

export function renderMutationHtml(report: MutationReport): string {
  const tone = { 0: 'ok', 1: 'violated', 3: 'inconclusive' }[mutationStatus(report)];
  const facts = [
    `lockstep ${report.lockstepVersion} mutants`,
    formatTime(report.startedAt),
    formatMs(report.durationMs),
  ];
  return htmlDocument({
    title: mutationHeadline(report),
    styles: OWN_STYLES,
    main: markup`<header class="page ${tone}">
  <p class="kicker">${facts.join(' · ')}</p>
  <h1>${mutationHeadline(report)}</h1>
  <p class="quiet">${effortText(report)}; ${plural(report.runs, 'run')} a clause at most, seeds ${report.seeds.join(', ')}</p>
  ${command(report.repeat)}
</header>
<section class="chapter">
  <h2>Kill matrix</h2>
  <table class="specimens">
    <thead><tr><th scope="col">Adapter</th><th scope="col">Made for it</th><th scope="col">Result</th></tr></thead>
    <tbody>${report.specimens.map(row)}</tbody>
  </table>
</section>
${grid(report)}`,
  });
}

function row(specimen: SpecimenResult): Markup {
  const others = othersText(specimen);
  const violated = (tellingExam(specimen)?.clauses ?? []).filter(isViolated);
  return markup`<tr>
    <th scope="row">${specimen.name}<br /><span class="quiet">on ${specimen.base}</span></th>
    <td>${specimen.kind === 'mutant' ? specimen.clauses.join(', ') : 'every clause must hold'}</td>
    <td>
      ${statusChip(FATE_STATUS[specimen.fate], fateText(specimen))}
      ${others === '' ? undefined : markup`<span class="quiet">also violated: ${others}</span>`}
      <p>${specimen.about}</p>
      ${violated.map(violation)}
    </td>
  </tr>`;
}

function violation({ clause, counterexample }: ClauseResult): Markup | undefined {
  if (counterexample === undefined) return undefined;
  const { summary, expected, actual, lanes } = counterexample;
  return markup`<details class="more">
    <summary>${clause}: the counterexample</summary>
    <p class="lead verbatim">${summary}</p>
    ${timelineFigure(lanes, summary)}
    ${definitions([
      ['expected', expected],
      ['actual', actual],
    ])}
  </details>`;
}

/** Which clause sees which bug, when mutants were examined by all clauses. */
function grid({ specimens }: MutationReport): Markup | undefined {
  const mutants = specimens.filter(({ kind }) => kind === 'mutant');
  const isFull = mutants.some(({ exams, clauses }) => (exams[0]?.clauses.length ?? 0) > clauses.length);
  if (!isFull) return undefined;
  const violatedIn = ({ exams }: SpecimenResult): Set<string> =>
    new Set(exams.flatMap((exam) => exam.clauses.filter(isViolated).map(({ clause }) => clause)));
  const rows = mutants.map((mutant) => ({ mutant, violated: violatedIn(mutant) }));
  const columns = CLAUSES.map(({ id }) => id).filter((id) => rows.some(({ violated }) => violated.has(id)));
  return markup`<section class="chapter">
    <h2>Which clause sees which bug</h2>
    <p class="quiet">● made for it and violated, ○ violated too</p>
    <div class="scroll">
      <table class="grid">
        <thead><tr><td></td>${columns.map((id) => markup`<th scope="col">${id}</th>`)}</tr></thead>
        <tbody>
          ${rows.map(
            ({ mutant, violated }) =>
              markup`<tr>
                <th scope="row">${mutant.name} on ${mutant.base}</th>
                ${columns.map((id) => markup`<td>${violated.has(id) ? (mutant.clauses.includes(id) ? '●' : '○') : ''}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function isViolated({ status }: ClauseResult): boolean {
  return status === 'violated';
}
