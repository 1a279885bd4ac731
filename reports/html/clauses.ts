/** Every clause by target, with a filter by text and by status. */
import { CLAUSES, findClause } from '../../adapters/contract/index.ts';
import { CLAUSE_STATUSES, type ClauseResult } from '../../suites/result.ts';
import { plural } from '../format.ts';
import type { Certification, RunResult } from '../model.ts';
import { clauseText, effortParts } from '../words.ts';
import type { Chapter } from './header.ts';
import { markup, type Markup } from './markup.ts';
import { anchorOf, statusChip } from './parts.ts';

export function clauseChapter(run: RunResult): Chapter[] {
  if (run.certifications.length === 0) return [];
  const ids = clauseIds(run.certifications);
  return [
    {
      id: 'clauses',
      title: 'Clauses',
      content: markup`${filters(run.certifications, ids.length)}
        <table class="clauses" id="clause-table">
          <thead>
            <tr>
              <th scope="col">Clause</th>
              ${run.certifications.map((certification) => markup`<th scope="col">${certification.target.spec}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${ids.map((id) => clauseRow(id, run.certifications))}
          </tbody>
        </table>
        <p class="empty" hidden>No clause matches.</p>`,
    },
  ];
}

/** In the order of the contract, unknown ones last. */
function clauseIds(certifications: readonly Certification[]): string[] {
  const present = new Set(
    certifications.flatMap((certification) => certification.clauses.map((one) => one.clause)),
  );
  const known = CLAUSES.map((clause) => clause.id).filter((id) => present.has(id));
  return [...known, ...[...present].filter((id) => findClause(id) === undefined)];
}

function filters(certifications: readonly Certification[], total: number): Markup {
  const counts = CLAUSE_STATUSES.map((status) => ({
    status,
    count: certifications.flatMap((one) => one.clauses).filter((clause) => clause.status === status).length,
  })).filter(({ count }) => count > 0);
  return markup`<form class="filters" role="search" aria-label="Clauses">
    <label class="text-filter"
      >Filter
      <input
        type="search"
        id="clause-filter"
        autocomplete="off"
        spellcheck="false"
        placeholder="id, words, reason"
        aria-controls="clause-table"
    /></label>
    <fieldset>
      <legend>Status</legend>
      ${counts.map(
        ({ status, count }) =>
          markup`<label class="pill"
            ><input type="checkbox" name="status" value="${status}" checked />${statusChip(status)}
            <span class="quiet">${count}</span></label
          >`,
      )}
    </fieldset>
    <output id="clause-count" for="clause-filter" aria-live="polite">${plural(total, 'clause')}</output>
  </form>`;
}

function clauseRow(id: string, certifications: readonly Certification[]): Markup {
  const results = certifications.map((certification) =>
    certification.clauses.find((one) => one.clause === id),
  );
  const statuses = [...new Set(results.flatMap((result) => (result === undefined ? [] : [result.status])))];
  const level = findClause(id)?.level;
  return markup`<tr data-statuses="${statuses.join(' ')}">
    <th scope="row">
      <span class="clause-id">${id}</span>
      <span class="clause-text">${clauseText(id)}</span
      >${level === undefined ? undefined : markup` <span class="quiet">${level}</span>`}
    </th>
    ${results.map(
      (result, index) =>
        markup`<td data-target="${certifications[index]?.target.spec}">${cell(result, index)}</td>`,
    )}
  </tr>`;
}

function cell(result: ClauseResult | undefined, certification: number): Markup {
  if (result === undefined) return markup`<span class="quiet">not reached</span>`;
  const chip = statusChip(result.status);
  const effort = effortParts(result);
  return markup`${
    result.status === 'violated'
      ? markup`<a href="#${anchorOf(certification, result.clause)}">${chip}</a>`
      : chip
  }${effort.length > 0 ? markup` <span class="effort">${effort.join(' · ')}</span>` : undefined}${
    result.reason === undefined ? undefined : markup`<span class="reason">${result.reason}</span>`
  }${situationList(result)}`;
}

/** What had to occur, folded away. */
function situationList({ situations = [] }: ClauseResult): Markup | undefined {
  if (situations.length === 0) return undefined;
  const items = situations.map(
    ({ situation, runs }) => markup`<li>${situation} <span class="effort">${plural(runs, 'run')}</span></li>`,
  );
  return markup`<details class="situations"><summary>${plural(situations.length, 'situation')}</summary>
    <ul>${items}</ul></details>`;
}
