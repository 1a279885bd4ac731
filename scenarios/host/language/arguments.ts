/** Creates the arguments of a call when its step runs: literals, and values made from saved results. */
import type { SavedArgument } from './program.ts';

/** The arguments of a call. Undefined: a saved value (or its field) is undefined. */
export function resolveArguments(
  args: readonly unknown[],
  saved: ReadonlyMap<string, unknown>,
): unknown[] | undefined {
  try {
    return args.map((argument) => resolve(argument, saved));
  } catch (error) {
    if (error instanceof Missing) return undefined;
    throw error;
  }
}

class Missing extends Error {}

/**
 * Literals are copied for each call, because the adapter may keep or change its arguments, and the program must not
 * change.
 */
function resolve(argument: unknown, saved: ReadonlyMap<string, unknown>): unknown {
  if (typeof argument !== 'object' || argument === null) return argument;
  if (Array.isArray(argument)) return argument.map((inner) => resolve(inner, saved));
  if (isSavedArgument(argument)) return fromSaved(argument, saved);
  return Object.fromEntries(Object.entries(argument).map(([key, inner]) => [key, resolve(inner, saved)]));
}

function isSavedArgument(value: object): value is SavedArgument {
  return typeof (value as Partial<SavedArgument>).$saved === 'string';
}

function fromSaved(argument: SavedArgument, saved: ReadonlyMap<string, unknown>): unknown {
  let value = saved.get(argument.$saved);
  for (const key of argument.path?.split('.') ?? []) {
    value = value === null ? undefined : (value as Record<string, unknown> | undefined)?.[key];
  }
  if (value === undefined) throw new Missing();
  if (argument.splice !== undefined && typeof value === 'string') return spliced(value, argument.splice);
  // This is the saved object itself, so that a later `mutate` shows whether the adapter has kept it.
  if (argument.set === undefined && argument.add === undefined) return value;
  const merged: Record<string, unknown> = { ...(value as object) };
  for (const [key, inner] of Object.entries(argument.set ?? {})) {
    if (inner === undefined) delete merged[key];
    else merged[key] = resolve(inner, saved);
  }
  for (const [key, amount] of Object.entries(argument.add ?? {})) merged[key] = sum(merged[key], amount);
  return merged;
}

function spliced(text: string, { at, remove, insert }: NonNullable<SavedArgument['splice']>): string {
  const from = at < 0 ? Math.max(0, text.length + at) : at;
  return text.slice(0, from) + insert + text.slice(from + remove);
}

function sum(value: unknown, amount: number): unknown {
  return typeof value === 'string' ? String(BigInt(value) + BigInt(amount)) : Number(value) + amount;
}

/** The mark in a text that was changed by `mutate`. */
export const MUTATED = '~mutated';

/** Changes everything in `value` in place, except frozen objects. */
export function mutateDeeply(value: unknown, seen: Set<unknown> = new Set()): void {
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  for (const key of Object.keys(value)) {
    const inner: unknown = Reflect.get(value, key);
    if (typeof inner === 'object' && inner !== null) mutateDeeply(inner, seen);
    else Reflect.set(value, key, changed(inner));
  }
  if (Array.isArray(value)) Reflect.set(value, value.length, 'mutated');
  else Reflect.set(value, 'mutated', true);
}

function changed(value: unknown): unknown {
  if (typeof value === 'string') return `${value}${MUTATED}`;
  if (typeof value === 'number') return value + 1;
  return typeof value === 'boolean' ? !value : 'mutated';
}
