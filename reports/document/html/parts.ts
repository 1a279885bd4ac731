/** Small elements that several blocks use. */
import type { ClauseStatus } from '../../../suites/result.ts';
import { STATUS_MARKS } from '../../words/words.ts';
import { markup, type Markup } from './markup.ts';

/** A status as a mark and a word, so that it is clear without colours. */
export function statusChip(status: ClauseStatus, text: string = status): Markup {
  return markup`<span class="status ${status}"
    ><span aria-hidden="true">${STATUS_MARKS[status]}</span> ${text}</span
  >`;
}

/** A command that can be copied. The script adds the button. */
export function command(text: string, label = 'repeat'): Markup {
  return markup`<p class="command"><span class="label">${label}</span> <code>${text}</code></p>`;
}

/** A bar that fills `share` (0 to 1) of its width. */
export function bar(share: number): Markup {
  const width = Math.round(Math.max(0, Math.min(1, share)) * 1000) / 10;
  return markup`<svg class="bar" aria-hidden="true" width="100%" height="6">
    <rect class="track" width="100%" height="6" rx="3" />
    <rect class="fill" width="${width}%" height="6" rx="3" />
  </svg>`;
}

/** A bar that is divided in proportion to the number of each status. */
export function countsBar(counts: readonly (readonly [ClauseStatus, number])[]): Markup {
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  let x = 0;
  return markup`<svg class="counts" aria-hidden="true" width="100%" height="6">
    ${counts.map(([status, count]) => {
      const from = x;
      x += count / total;
      return markup`<rect
        class="${status}"
        x="${percent(from)}%"
        width="${percent(count / total)}%"
        height="6"
      />`;
    })}
  </svg>`;
}

function percent(share: number): number {
  return Math.round(share * 10_000) / 100;
}
