/** Foreign text as people see it: what would steer a terminal, hide, reverse the text or be obeyed is written out. */

/**
 * Text of an adapter or a storage, safe to show: control characters, lone surrogates and characters that reverse text or
 * cannot be seen are written as `\u….`. Line feeds and tabs stay when `multiline`.
 */
export function printable(text: string, multiline = false): string {
  return text.replace(HIDDEN, (characters) =>
    multiline && (characters === '\n' || characters === '\t') ? characters : writtenOut(characters),
  );
}

/**
 * Text as it leaves for a terminal or the log of a CI runner: `printable`, but for the styles that `styled` text of our own
 * has. No line of it is a command that a runner obeys. JSON stays the same JSON.
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
    // Controls, marks of direction, joiners, fillers, selectors, what only marks a line or a text.
    '[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f',
    '\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb\\ufffe\\uffff]',
    // Tags and more selectors, which stand outside the first plane.
    '|\\udb40[\\udc00-\\udfff]',
    '|[\\ud800-\\udbff](?![\\udc00-\\udfff])|(?<![\\ud800-\\udbff])[\\udc00-\\udfff]',
  ].join(''),
  'g',
);

/** What colours and weights are made of. Cut out, they stand at odd places. */
const STYLES = /(\u001b\[\d{1,2}m)/;
/** GitHub obeys lines that begin so, behind white space too. */
const COMMAND = /^((?:[^\S\n]|\u001b\[\d{1,2}m)*)::/gm;
/** GitHub, Azure Pipelines and TeamCity: they look for these anywhere in a line. */
const MARKER = /##(?=(?:vso|teamcity)?\[)/gi;
