import { storedAfterCommit } from '../idempotency/executions/storedAfterCommit.ts';
import type { Mutant } from '../mutant.ts';

/** The record is stored after its effect, in a transaction of its own. */
export const recordAfterCommit: Mutant = {
  ...storedAfterCommit,
  name: 'record-after-commit',
  origin:
    'The answer is saved in an "after commit" hook: a process that dies before the hook has paid without a record.',
  clauses: ['IDEM-12'],
  bases: ['postgres'],
};
