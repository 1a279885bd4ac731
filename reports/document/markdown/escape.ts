/** Escapes foreign text for Markdown. All such text passes through here. */
import { printable } from '../../words/format.ts';

/** Plain text without markup, on one line. It uses entities, which also work inside HTML. */
export function escaped(value: string): string {
  return printable(value, true)
    .replace(/\s+/g, ' ')
    .replace(/[&<>"'`|*_~[\]\\#@]/g, (character) => `&#${character.charCodeAt(0)};`);
}

export function code(value: string): string {
  const ticks = '`'.repeat(longestRun(value) + 1);
  // Separates the delimiters from backticks at the ends of the text.
  const gap = ticks === '`' ? '' : ' ';
  return `${ticks}${gap}${printable(value)}${gap}${ticks}`;
}

export function fenced(value: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(value) + 1));
  return `${fence}text\n${printable(value, true)}\n${fence}`;
}

/** The length of the longest run of backticks. */
function longestRun(value: string): number {
  return Math.max(0, ...(value.match(/`+/g) ?? []).map((run) => run.length));
}
