/** Which variants cannot share a server with others that are examined. */
import { findClause } from '../../adapters/contract/index.ts';
import type { Variant } from '../../adapters/mutants/mutant.ts';
import type { Specimen } from '../../suites/mutation/mutation.ts';

/**
 * A standby is made of a server that the certification has started itself, and only that one is struck by faults. Lists
 * that may lag behind what is open in the storage need one without others.
 */
export function needsOwnServer({
  clauses,
  capabilities,
}: Pick<Variant, 'capabilities'> & Pick<Specimen, 'clauses'>): boolean {
  if (capabilities?.tailComplete === true) return true;
  return clauses
    .flatMap((id) => findClause(id) ?? [])
    .some(({ capabilities, fault }) => fault || capabilities.includes('replicas'));
}
