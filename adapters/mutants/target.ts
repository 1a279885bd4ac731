/**
 * A mutant as a target: the query of this module's URL says which, `target.js?mutant=no-lock&base=memory`.
 * Each query is a module of its own, so that one process can hold several.
 */
import { defineTarget, type OpenOptions, type TargetDefinition } from '../contract/index.ts';
import { MUTANTS } from './index.ts';
import { MUTANT_BASES, type MutantBase } from './mutant.ts';

const query = new URL(import.meta.url).searchParams;
const mutant = MUTANTS.find((one) => one.name === query.get('mutant'));
const base = MUTANT_BASES.find((one) => one === query.get('base'));
if (mutant === undefined || base === undefined || !mutant.bases.includes(base)) {
  throw new Error(`Expected ?mutant=NAME&base=${MUTANT_BASES.join('|')}, got "${query.toString()}".`);
}
const reference = await referenceOf(base);

const target: TargetDefinition = defineTarget({
  ...reference,
  name: `${mutant.name}-on-${base}`,
  open: async (options: OpenOptions) =>
    mutant.mutate(await reference.open(options), async () => reference.open(options)),
});

export default target;

async function referenceOf(name: MutantBase): Promise<TargetDefinition> {
  switch (name) {
    case 'memory':
      return (await import('../memory/target.ts')).default;
    case 'postgres':
      return (await import('../postgres/target.ts')).default;
    default:
      return name satisfies never;
  }
}
