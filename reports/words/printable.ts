/**
 * Makes foreign text safe to show: escapes characters that control a terminal, hide or reverse text, or form commands.
 */

/**
 * Text of an adapter or a storage, made safe: control characters, lone surrogates, and characters that reverse text or
 * are invisible become `\u….`. Line feeds and tabs are kept if `multiline`.
 */
export function printable(text: string, multiline = false): string {
  return text.replace(HIDDEN, (characters) =>
    multiline && (characters === '\n' || characters === '\t') ? characters : writtenOut(characters),
  );
}

/**
 * Text for a terminal or the log of a CI runner: like `printable`, except that lockstep's own styles in `styled` text
 * are kept. No line of it is a command to a runner. JSON stays the same JSON.
 */
export function outgoing(text: string, styled: boolean): string {
  const shown = styled
    ? text
        .split(STYLES)
        .map((part, index) => (index % 2 === 1 ? part : printable(part, true)))
        .join('')
    : printable(text, true);
  return shown
    .replace(COMMAND, (_, before: string) => `${before}${writtenOut(':')}:`)
    .replace(MARKER, () => `${writtenOut('#')}#`);
}

function writtenOut(characters: string): string {
  return Array.from(
    { length: characters.length },
    (_, index) => `\\u${characters.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');
}

const HIDDEN = new RegExp(
  [
    // Control characters, direction marks, joiners, fillers, selectors, and marks of lines or texts.
    '[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f',
    '\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb\\ufffe\\uffff]',
    // Tags and further selectors outside the first plane.
    '|\\udb40[\\udc00-\\udfff]',
    '|[\\ud800-\\udbff](?![\\udc00-\\udfff])|(?<![\\ud800-\\udbff])[\\udc00-\\udfff]',
  ].join(''),
  'g',
);

/** The escape sequences of colours and weights. When a text is split at them, they have odd indices. */
const STYLES = /(\u001b\[\d{1,2}m)/;
/** GitHub executes lines that begin like this, even after white space. */
const COMMAND = /^((?:[^\S\n]|\u001b\[\d{1,2}m)*)::/gm;
/** GitHub, Azure Pipelines and TeamCity look for these anywhere in a line. */
const MARKER = /##(?=(?:vso|teamcity)?\[)/gi;
