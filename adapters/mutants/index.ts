/** Every mutant and every equivalent. The files of each group export them one by one or as a table. */
import * as equivalents from './equivalents/index.ts';
import * as groups from './groups.ts';
import type { Equivalent, Mutant } from './mutant.ts';

export const MUTANTS: readonly Mutant[] = Object.values(groups).flatMap((group) =>
  Object.values<Mutant | readonly Mutant[]>(group).flat(),
);

export const EQUIVALENTS: readonly Equivalent[] = Object.values<Equivalent | readonly Equivalent[]>(
  equivalents,
).flat();
