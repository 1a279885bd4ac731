/** Decides which variants must not share a server with others that are being examined. */
import { findClause } from '../../adapters/contract/index.ts';
import type { Variant } from '../../adapters/mutants/mutant.ts';
import type { Specimen } from '../../suites/mutation/mutation.ts';

/**
 * A standby needs a server that the certification has started itself, and faults strike only such a server. Lists that
 * may lag behind open transactions need a server without other users.
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
