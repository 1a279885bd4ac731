/** Measures the width of text, and fits text into a width. */
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

/** The number of columns that `text` takes on a terminal. Colours take none. */
export function columns(text: string): number {
  return stringWidth(text);
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The characters as a reader sees them: an emoji is one, however many code points it has. */
export function graphemes(text: string): string[] {
  return [...segmenter.segment(text)].map(({ segment }) => segment);
}

/** `text` without colours, cut to `width` columns. A cut text ends with an ellipsis. */
export function fit(text: string, width: number): string {
  if (columns(text) <= width) return text;
  let cut = '';
  let used = 0;
  for (const character of graphemes(text)) {
    used += columns(character);
    if (used > width - 1) break;
    cut += character;
  }
  return `${cut.trimEnd()}…`;
}

/** `text` in lines of at most `width` columns. Longer words are broken. Existing line breaks are kept. */
export function wrap(text: string, width: number): string[] {
  return wrapAnsi(text, width, { hard: true }).split('\n');
}

/** Splits a label before the answer at its end, of which a cut label shows as much as possible. */
const ANSWER = /^(.*?)( [→✗] .*)$/su;

/**
 * A step's label in lines. A label that `isMarked` keeps all its lines, because it decides. Any other label has at most
 * `limit` lines; the request is cut rather than the answer.
 */
export function labelLines(label: string, width: number, limit: number, isMarked: boolean): string[] {
  const lines = wrap(label, width);
  if (isMarked || lines.length <= limit) return lines;
  const [, asked = label, answer = ''] = ANSWER.exec(label) ?? [];
  const answered = answer === '' ? [] : wrap(answer.trim(), width).slice(0, limit - 1);
  const room = limit - answered.length;
  const head = wrap(asked, width);
  if (head.length <= room) return [...head, ...answered];
  return [...head.slice(0, room - 1), fit(head.slice(room - 1).join(' '), width), ...answered];
}
