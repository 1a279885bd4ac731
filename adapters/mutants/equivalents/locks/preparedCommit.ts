import { preparingCommits } from '../../faults/preparingCommits.ts';
import type { Equivalent } from '../../mutant.ts';

/**
 * COMMIT is a prepared statement in a flight of its own. A pooler may give the next transaction to another session
 * that has not prepared it, so no pooler is declared.
 */
export const preparedCommit: Equivalent = {
  name: 'prepared-commit',
  reason: 'It makes no difference whether COMMIT is sent with the last writes or after their answers.',
  bases: ['postgres'],
  capabilities: { poolers: [] },
  pool: preparingCommits,
};
