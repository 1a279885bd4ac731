/** Every mutant and every equivalent: what the files of each group export. */
import * as equivalents from './equivalents/index.ts';
import * as groups from './groups.ts';
import type { Equivalent, Mutant } from './mutant.ts';

export const MUTANTS: readonly Mutant[] = Object.values(groups).flatMap((group) =>
  Object.values<Mutant>(group),
);

export const EQUIVALENTS: readonly Equivalent[] = Object.values(equivalents);
