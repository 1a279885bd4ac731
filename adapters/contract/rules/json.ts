/** Which JSON values every storage can keep. */
import { isStorable } from './text.ts';

/** The maximum nesting of JSON values: without it, an input could exhaust the stack. */
const MAX_JSON_DEPTH = 64;

/** Why not every storage can store `value` as JSON, or undefined if every one can. */
export function jsonProblem(value: unknown, depth = 0): string | undefined {
  if (depth > MAX_JSON_DEPTH) return `expected at most ${MAX_JSON_DEPTH} levels of nesting`;
  if (value === null || typeof value === 'boolean') return undefined;
  if (typeof value === 'string')
    return isStorable(value) ? undefined : 'expected well-formed Unicode without NUL';
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : 'expected a finite number';
  if (typeof value !== 'object') return `expected a JSON value, got ${typeof value}`;
  if (Array.isArray(value)) return firstProblem(value, depth);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return 'expected a plain object';
  return firstProblem([...Object.keys(value), ...Object.values(value)], depth);
}

function firstProblem(values: readonly unknown[], depth: number): string | undefined {
  for (const value of values) {
    const problem = jsonProblem(value, depth + 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
