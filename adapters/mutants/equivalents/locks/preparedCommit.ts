import { preparingCommits } from '../../faults/preparingCommits.ts';
import type { Equivalent } from '../../mutant.ts';

/**
 * COMMIT is a prepared statement like any other, in a flight of its own. Poolers give the next transaction another session, which does not know it:
 * none is declared.
 */
export const preparedCommit: Equivalent = {
  name: 'prepared-commit',
  reason: 'Whether COMMIT is sent with the last writes, or behind their answers, changes nothing.',
  bases: ['postgres'],
  capabilities: { poolers: [] },
  pool: preparingCommits,
};
