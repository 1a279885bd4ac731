/** Keeps schemas and hand-written types the same: a difference is a compile error. */
import type { Json } from '../../adapters/contract/index.ts';

/** `T` with all arrays and properties readonly, as in the hand-written types. Stops at types that allow any value. */
type DeepReadonly<T> = Json extends T
  ? T
  : T extends readonly unknown[] | Record<string, unknown>
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

/**
 * Whether two types are identical. Mutual assignability is not enough: `{}` and `{ a?: string }` are assignable to each
 * other. The compiler compares two conditional types for identity, but only if they are written out here: for aliases,
 * it compares their arguments instead.
 */
// oxlint-disable typescript/no-unnecessary-type-parameters
// oxfmt-ignore
type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;

/** `true` if a schema infers `Model`, including optional properties. */
export type Same<Inferred, Model> = Equal<DeepReadonly<Inferred>, DeepReadonly<Model>>;

/** Compiles only for `true`. */
export function inStep<_Holds extends true>(): void {}

// Tests the check itself with a difference that assignability ignores.
inStep<Equal<Same<{ a: 1 }, { a: 1; b?: 2 }>, false>>();
inStep<Equal<Same<{ a: { b: 1 }[] }, { a: readonly { b: 1; c?: 2 }[] }>, false>>();
inStep<Equal<Same<{ a: { b: 1 }[] }, { readonly a: readonly { readonly b: 1 }[] }>, true>>();
