/** What to type to run something again: the one place that builds such a line, and quotes it for a POSIX shell. */

/** `true`: the option alone. `false`, undefined: not given. A list: joined by commas. */
export type OptionValue = string | number | boolean | readonly (string | number)[] | undefined;

/**
 * `lockstep certify './sp ace/a.mjs' --only LOCK-01 --seed 7`.
 *
 * @param options By name without dashes, in the order in which they are to stand.
 * @param more What stands behind as it is, such as `--pg "$LOCKSTEP_PG"`.
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

/** A word for a POSIX shell. */
export function quote(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
