/** How two sequences of names differ, said in words. */

/** Longer sequences are cut in messages. */
const MAX_SHOWN = 14;
/** More names than this are counted instead. */
const MAX_NAMED = 3;

/**
 * What `seen` does wrong, given what was expected: `skipped e3 and e4`, `showed e2 twice`, `showed e9, which does not
 * belong there`, `showed e2 before e1`. Undefined when they are equal.
 */
export function difference(expected: readonly string[], seen: readonly string[]): string | undefined {
  const faults: string[] = [];
  const missing = expected.filter((name) => !seen.includes(name));
  if (missing.length > 0) faults.push(`skipped ${named(missing)}`);
  const repeated = [...new Set(seen.filter((name, index) => seen.indexOf(name) !== index))];
  if (repeated.length > 0) faults.push(`showed ${named(repeated)} more than once`);
  const invented = [...new Set(seen.filter((name) => !expected.includes(name)))];
  if (invented.length > 0)
    faults.push(`showed ${named(invented)}, which ${invented.length === 1 ? 'does' : 'do'} not belong there`);
  const inversion = inversionOf(expected, seen);
  if (inversion !== undefined) faults.push(`showed ${inversion[0]} before ${inversion[1]}`);
  return faults.length === 0 ? undefined : faults.join(', ');
}

/** The first neighbours in `seen` that stand in the other order in `expected`. */
function inversionOf(
  expected: readonly string[],
  seen: readonly string[],
): readonly [string, string] | undefined {
  const known = [...new Set(seen)].filter((name) => expected.includes(name));
  for (const [index, name] of known.entries()) {
    const before = known[index - 1];
    if (before !== undefined && expected.indexOf(before) > expected.indexOf(name)) return [before, name];
  }
  return undefined;
}

/** `e1, e2 and e3`. */
export function named(names: readonly string[]): string {
  if (names.length > MAX_NAMED) {
    return `${names.slice(0, MAX_NAMED).join(', ')} and ${names.length - MAX_NAMED} more`;
  }
  return names.length < 2 ? (names[0] ?? 'nothing') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** A sequence on one line. */
export function sequence(names: readonly string[]): string {
  if (names.length === 0) return 'nothing';
  const cut = names.slice(0, MAX_SHOWN).join(' ');
  return names.length > MAX_SHOWN ? `${cut} … (${names.length} in all)` : cut;
}
