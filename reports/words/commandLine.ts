/** Builds the command that repeats something, quoted for a POSIX shell. No other code builds such a line. */

/** `true`: the option without a value. `false` or undefined: the option is left out. A list: joined by commas. */
export type OptionValue = string | number | boolean | readonly (string | number)[] | undefined;

/**
 * `lockstep certify './sp ace/a.mjs' --only LOCK-01 --seed 7`.
 *
 * @param options By their names without dashes, in the order of the result.
 * @param more Text that is appended as it is, such as `--pg "$LOCKSTEP_PG"`.
 */
export function commandLine(
  command: string,
  words: readonly string[],
  options: Readonly<Record<string, OptionValue>> = {},
  more = '',
): string {
  const given = Object.entries(options).flatMap(([name, value]) => {
    if (value === undefined || value === false) return [];
    if (value === true) return [`--${name}`];
    return [`--${name} ${quote(Array.isArray(value) ? value.join(',') : String(value))}`];
  });
  return ['lockstep', command, ...words.map(quote), ...given, ...(more === '' ? [] : [more])].join(' ');
}

/** Quotes a word for a POSIX shell. */
export function quote(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
