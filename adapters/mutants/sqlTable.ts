/** Variants that differ from the reference only by SQL: tables with one row each, for the PostgreSQL adapters. */
import type { Equivalent, Mutant, MutantBase, Variant } from './mutant.ts';

/** A variant whose only change is `rewrite`. */
type SqlRow<Kind extends Variant> = Omit<Kind, 'bases' | 'mutate' | 'pool' | 'rewrite'> &
  Required<Pick<Kind, 'rewrite'>>;

const POSTGRES: readonly MutantBase[] = ['postgres'];

export function sqlMutants(
  rows: readonly SqlRow<Mutant>[],
  bases: readonly MutantBase[] = POSTGRES,
): readonly Mutant[] {
  return rows.map((row) => ({ ...row, bases }));
}

export function sqlEquivalents(rows: readonly SqlRow<Equivalent>[]): readonly Equivalent[] {
  return rows.map((row) => ({ ...row, bases: POSTGRES }));
}
