/** The problems of a target, for its author: the path, what was expected, and what came. */
import type * as z from './zod.ts';

const MAX_SHOWN = 40;

/** Returns one line per issue of `candidate`. `allowed`: the members that an object may have, by its path; `''` is the target. */
export function problemsOf(
  candidate: unknown,
  issues: readonly z.core.$ZodIssue[],
  allowed: Readonly<Record<string, readonly string[]>>,
): string[] {
  return issues.map((issue) => {
    const path = issue.path.map(String).join('.');
    const where = path === '' ? 'target' : path;
    if (issue.code === 'unrecognized_keys') {
      const names = issue.keys.map((key) => `"${key}"`).join(', ');
      const known = allowed[path];
      return `${where}: ${known === undefined ? 'unknown member' : `expected only the members ${known.join(', ')}`}, got ${names}`;
    }
    const value = valueAt(candidate, issue.path);
    // What refused a whole object has said what in it is wrong.
    const says = issue.code === 'custom' && typeof value === 'object' && value !== null;
    return `${where}: ${expectedBy(issue)}${says ? '' : `, got ${shown(value)}`}`;
  });
}

function expectedBy(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return `expected ${article(issue.expected)}`;
  if (issue.code === 'invalid_value')
    return `expected ${issue.values.map((value) => shown(value)).join(' | ')}`;
  return issue.message;
}

function article(type: string): string {
  return `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;
}

/** A getter of the author's may throw. */
function valueAt(candidate: unknown, path: readonly PropertyKey[]): unknown {
  try {
    return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown>)[key], candidate);
  } catch {
    return undefined;
  }
}

/** A value in few words: `'always'`, `3`, `a function`, `nothing`. */
function shown(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value.length > MAX_SHOWN ? `'${value.slice(0, MAX_SHOWN)}…'` : `'${value}'`;
    case 'undefined':
      return 'nothing';
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? 'an array' : 'an object';
    case 'function':
      return 'a function';
    case 'number':
    case 'boolean':
    case 'bigint':
    case 'symbol':
      return String(value);
    default:
      return typeof value;
  }
}
