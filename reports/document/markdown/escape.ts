/** Foreign text in Markdown: the one place that makes it harmless. */
import { printable } from '../../words/format.ts';

/** Text as text: no markup, on one line. Entities also hold inside HTML. */
export function escaped(value: string): string {
  return printable(value, true)
    .replace(/\s+/g, ' ')
    .replace(/[&<>"'`|*_~[\]\\#@]/g, (character) => `&#${character.charCodeAt(0)};`);
}

export function code(value: string): string {
  const ticks = '`'.repeat(longestRun(value) + 1);
  // Keeps backticks at the ends apart.
  const gap = ticks === '`' ? '' : ' ';
  return `${ticks}${gap}${printable(value)}${gap}${ticks}`;
}

export function fenced(value: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(value) + 1));
  return `${fence}text\n${printable(value, true)}\n${fence}`;
}

/** Of backticks. */
function longestRun(value: string): number {
  return Math.max(0, ...(value.match(/`+/g) ?? []).map((run) => run.length));
}
