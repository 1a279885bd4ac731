/** Small pieces that every section is made of. */
import type { ClauseStatus } from '../../suites/result.ts';
import { STATUS_MARKS } from '../words.ts';
import { markup, type Content, type Markup } from './markup.ts';

/** A status as mark and word, told apart without colour too. */
export function statusChip(status: ClauseStatus, text: string = status): Markup {
  return markup`<span class="status ${status}"
    ><span aria-hidden="true">${STATUS_MARKS[status]}</span> ${text}</span
  >`;
}

/** A command to copy. The script adds the button. */
export function command(text: string, label = 'repeat'): Markup {
  return markup`<p class="command"><span class="label">${label}</span> <code>${text}</code></p>`;
}

export function definitions(rows: readonly (readonly [string, Content])[]): Markup {
  return markup`<dl class="facts">
    ${rows.map(
      ([name, content]) =>
        markup`<div>
          <dt>${name}</dt>
          <dd>${content}</dd>
        </div>`,
    )}
  </dl>`;
}

/** The id of the article that shows a violation. */
export function anchorOf(certification: number, clause: string): string {
  return `violation-${certification + 1}-${clause.replace(/[^A-Za-z0-9-]/g, '')}`;
}

/** A bar that fills `share` (0 to 1) of its width. */
export function bar(share: number, className = ''): Markup {
  const width = Math.round(Math.max(0, Math.min(1, share)) * 1000) / 10;
  return markup`<svg class="bar ${className}" aria-hidden="true" width="100%" height="6">
    <rect class="track" width="100%" height="6" rx="3" />
    <rect class="fill" width="${width}%" height="6" rx="3" />
  </svg>`;
}
