/** Describes how two sequences of names differ. */

/** Messages cut longer sequences. */
const MAX_SHOWN = 14;
/** If there are more names, only their number is given. */
const MAX_NAMED = 3;

/**
 * What is wrong with `seen`: `skipped e3 and e4`, `showed e2 twice`, `showed e9, which does not belong there`, `showed
 * e2 before e1`. Undefined if it equals `expected`.
 */
export function difference(expected: readonly string[], seen: readonly string[]): string | undefined {
  const faults: string[] = [];
  const [wanted, shown] = [new Set(expected), new Set(seen)];
  const missing = expected.filter((name) => !shown.has(name));
  if (missing.length > 0) faults.push(`skipped ${named(missing)}`);
  const repeated = repeatedIn(seen);
  if (repeated.length > 0) faults.push(`showed ${named(repeated)} more than once`);
  const invented = [...shown].filter((name) => !wanted.has(name));
  if (invented.length > 0)
    faults.push(`showed ${named(invented)}, which ${invented.length === 1 ? 'does' : 'do'} not belong there`);
  const inversion = inversionOf(expected, seen);
  if (inversion !== undefined) faults.push(`showed ${inversion[0]} before ${inversion[1]}`);
  return faults.length === 0 ? undefined : faults.join(', ');
}

/** The names that occur more than once, each once. */
function repeatedIn(names: readonly string[]): string[] {
  const [once, more] = [new Set<string>(), new Set<string>()];
  for (const name of names) (once.has(name) ? more : once).add(name);
  return [...more];
}

/** The first neighbours in `seen` that are in the opposite order in `expected`. */
function inversionOf(
  expected: readonly string[],
  seen: readonly string[],
): readonly [string, string] | undefined {
  const places = new Map([...expected.entries()].map(([place, name]) => [name, place]));
  const placeOf = (name: string): number => places.get(name) ?? 0;
  const known = [...new Set(seen)].filter((name) => places.has(name));
  for (const [index, name] of known.entries()) {
    const before = known[index - 1];
    if (before !== undefined && placeOf(before) > placeOf(name)) return [before, name];
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
