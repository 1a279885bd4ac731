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
 * same. The compiler compares the two generic signatures for identity.
 */
type Equal<A, B> = Signature<A> extends Signature<B> ? true : false;
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
type Signature<A> = <T>() => T extends A ? 1 : 2;

/** `true` when a schema infers `Model`, optional properties and all. */
export type Same<Inferred, Model> = Equal<DeepReadonly<Inferred>, DeepReadonly<Model>>;

/** Compiles only for `true`. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export function inStep<_Holds extends true>(): void {}
