/** Text of one width: how much room it takes, and how it is made to fit. */

/** How many columns `text` takes: characters, wide ones twice, combining ones none. No colours in it. */
export function columns(text: string): number {
  let count = 0;
  for (const character of text) {
    if (/\p{M}/u.test(character)) continue;
    count += WIDE.test(character) ? 2 : 1;
  }
  return count;
}

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

/** `text` cut to `width` columns, with an ellipsis where it was cut. */
export function fit(text: string, width: number): string {
  if (columns(text) <= width) return text;
  let cut = '';
  for (const character of text) {
    if (columns(cut + character) > width - 1) break;
    cut += character;
  }
  return `${cut.trimEnd()}…`;
}

/** The words of `text` in lines of `width` columns; words that are longer are broken. Lines of the text stay. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ').flatMap((word) => pieces(word, width))) {
      if (line !== '' && columns(line) + 1 + columns(word) > width) {
        lines.push(line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines;
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

function pieces(word: string, width: number): string[] {
  const parts: string[] = [];
  let part = '';
  for (const character of word) {
    if (part !== '' && columns(part + character) > width) {
      parts.push(part);
      part = '';
    }
    part += character;
  }
  return [...parts, part];
}
