/** Text of one width: how much room it takes, and how it is made to fit. */
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

/** How many columns `text` takes on a terminal; its colours take none. */
export function columns(text: string): number {
  return stringWidth(text);
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** What is read as one character each: an emoji is one, of however many code points. */
export function graphemes(text: string): string[] {
  return [...segmenter.segment(text)].map(({ segment }) => segment);
}

/** `text` without colours, cut to `width` columns, with an ellipsis where it was cut. */
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

/** The words of `text` in lines of `width` columns; words that are longer are broken. Lines of the text stay. */
export function wrap(text: string, width: number): string[] {
  return wrapAnsi(text, width, { hard: true }).split('\n');
}

/** Lines of a label of which at least this much is shown when it is too long: the answer at its end. */
const ANSWER = /^(.*?)( [→✗] .*)$/su;

/**
 * The label of a step in lines. One that `isMarked` has all of them, for it decides; another has `limit` at most, cut in
 * what was asked rather than in what was answered.
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
