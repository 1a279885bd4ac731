/** Draws a table. If there is not enough room, cells with words are wrapped; figures and many columns scroll sideways. */
import type { TableBlock, TableRow } from '../model.ts';
import { inlineMarkup } from './inline.ts';
import { markup, type Markup } from './markup.ts';

/** The most columns whose words are wrapped on a phone. More of them would break words. */
const MAX_WRAPPED = 3;

export function tableMarkup({ caption, head, rows, numbersFrom }: TableBlock): Markup {
  const isNumbers = numbersFrom !== undefined;
  const table = markup`<table class="${isNumbers ? 'numbers' : 'compare'}">
    ${caption === undefined ? undefined : markup`<caption>${caption}</caption>`}
    <thead>
      <tr>
        ${head.map((cell, column) =>
          cell === ''
            ? markup`<td></td>`
            : markup`<th scope="col" class="${classOf(column, numbersFrom)}">${inlineMarkup(cell)}</th>`,
        )}
      </tr>
    </thead>
    ${bodies(rows).map((body) => markup`<tbody>${body.map((row) => rowMarkup(row, head.length, numbersFrom))}</tbody>`)}
  </table>`;
  if (!isNumbers && head.length <= MAX_WRAPPED) return table;
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${caption ?? 'Figures'}">${table}</div>`;
}

/** Divides the rows at headings: each heading begins a new body. */
function bodies(rows: readonly TableRow[]): TableRow[][] {
  const all: TableRow[][] = [];
  for (const row of rows) {
    const last = all.at(-1);
    if (last === undefined || 'group' in row) all.push([row]);
    else last.push(row);
  }
  return all;
}

function rowMarkup(row: TableRow, columns: number, numbersFrom: number | undefined): Markup {
  if ('group' in row)
    return markup`<tr class="group"><th scope="rowgroup" colspan="${columns}">${row.group}</th></tr>`;
  const [first = '', ...rest] = row;
  return markup`<tr>
    <th scope="row">${inlineMarkup(first)}</th>
    ${rest.map((cell, index) => markup`<td class="${classOf(index + 1, numbersFrom)}">${inlineMarkup(cell)}</td>`)}
  </tr>`;
}

function classOf(column: number, numbersFrom = Infinity): string {
  return column < numbersFrom ? 'words' : 'number';
}
