import { preparingCommits } from '../faults/preparingCommits.ts';
import type { Equivalent } from '../mutant.ts';

/**
 * COMMIT is a prepared statement like any other. Poolers give the next transaction another session, which does not know it:
 * none is declared.
 */
export const preparedCommit: Equivalent = {
  name: 'prepared-commit',
  reason: 'Whether a statement is sent as text or by the name it was prepared under changes nothing.',
  bases: ['postgres'],
  capabilities: { poolers: [] },
  pool: preparingCommits,
};
