/** Keeps schemas and hand-written types the same: a difference does not compile. */
import type { Json } from '../../adapters/contract/index.ts';

/** `T` with every array and property readonly, as the types are written. Stops where anything may stand. */
type DeepReadonly<T> = Json extends T
  ? T
  : T extends readonly unknown[] | Record<string, unknown>
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

/**
 * Whether two types are identical. Assignability both ways would not do: it takes `{}` and `{ a?: string }` for the
 * same. The compiler compares two conditional types for identity, but only when they stand here in full: behind an
 * alias it compares the alias's arguments instead.
 */
// oxlint-disable typescript/no-unnecessary-type-parameters
// oxfmt-ignore
type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;

/** `true` when a schema infers `Model`, optional properties and all. */
export type Same<Inferred, Model> = Equal<DeepReadonly<Inferred>, DeepReadonly<Model>>;

/** Compiles only for `true`. */
export function inStep<_Holds extends true>(): void {}

// The check itself: what assignability would let pass does not.
inStep<Equal<Same<{ a: 1 }, { a: 1; b?: 2 }>, false>>();
inStep<Equal<Same<{ a: { b: 1 }[] }, { a: readonly { b: 1; c?: 2 }[] }>, false>>();
inStep<Equal<Same<{ a: { b: 1 }[] }, { readonly a: readonly { readonly b: 1 }[] }>, true>>();
