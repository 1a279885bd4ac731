/** A table of checks by target, with filters for the text and the status. */
import { capitalized } from '../../../suites/capitalized.ts';
import { CLAUSE_STATUSES } from '../../../suites/result.ts';
import { plural } from '../../words/format.ts';
import type { Check, CheckRow, ChecksBlock } from '../model.ts';
import { inlineMarkup } from './inline.ts';
import { markup, type Markup } from './markup.ts';
import { statusChip } from './parts.ts';

export function checksTable(block: ChecksBlock): Markup {
  const { noun, targets, rows, filter } = block;
  return markup`${filter === true ? filters(block) : undefined}
    <table class="checks" id="${noun}-table">
      <thead>
        <tr>
          <th scope="col">${capitalized(noun)}</th>
          ${targets.map((target) => markup`<th scope="col">${target}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map((row) => rowMarkup(row, targets))}
      </tbody>
    </table>
    ${filter === true ? markup`<p class="empty" hidden>No ${noun} matches.</p>` : undefined}`;
}

function filters({ noun, rows }: ChecksBlock): Markup {
  const results = rows.flatMap((row) => row.results);
  const counts = CLAUSE_STATUSES.map((status) => ({
    status,
    count: results.filter((one) => one?.status === status).length,
  })).filter(({ count }) => count > 0);
  return markup`<form class="filters" role="search" aria-label="${capitalized(noun)}s" data-table="${noun}-table">
    <label class="text-filter"
      >Filter
      <input
        type="search"
        id="${noun}-filter"
        autocomplete="off"
        spellcheck="false"
        placeholder="id, words, reason"
        aria-controls="${noun}-table"
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
    <output id="${noun}-count" for="${noun}-filter" aria-live="polite" data-noun="${noun}">${plural(rows.length, noun)}</output>
  </form>`;
}

function rowMarkup({ id, text, note, results }: CheckRow, targets: readonly string[]): Markup {
  const statuses = [...new Set(results.flatMap((result) => (result === undefined ? [] : [result.status])))];
  return markup`<tr data-statuses="${statuses.join(' ')}">
    <th scope="row">
      <span class="clause-id">${id}</span>
      <span class="clause-text">${text}</span
      >${note === undefined ? undefined : markup` <span class="quiet">${note}</span>`}
    </th>
    ${targets.map((target, index) => markup`<td data-target="${target}">${cell(results[index])}</td>`)}
  </tr>`;
}

function cell(check: Check | undefined): Markup {
  if (check === undefined) return markup`<span class="quiet">not reached</span>`;
  const { status, says, effort = [], reason, folded, to } = check;
  const chip = statusChip(status, says);
  return markup`${to === undefined ? chip : markup`<a href="#${to}">${chip}</a>`}${
    effort.length > 0 ? markup` <span class="effort">${effort.join(' · ')}</span>` : undefined
  }${reason === undefined ? undefined : markup`<span class="reason">${reason}</span>`}${
    folded === undefined
      ? undefined
      : markup`<details class="situations"><summary>${folded.title}</summary>
    <ul>${folded.items.map((item) => markup`<li>${inlineMarkup(item)}</li>`)}</ul></details>`
  }`;
}
