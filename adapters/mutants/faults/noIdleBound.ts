import type { Mutant } from '../mutant.ts';

/** A section may pause for as long as it likes: one whose process stands still keeps its lock. */
export const noIdleBound: Mutant = {
  name: 'no-idle-bound',
  origin:
    'idle_in_transaction_session_timeout is off, as it is by default: a frozen process keeps its transaction and its lock.',
  clauses: ['LOCK-12'],
  bases: ['postgres'],
  rewrite: (sql) =>
    sql.replace(/^BEGIN\b[^;]*/, (begin) => `${begin}; SET LOCAL idle_in_transaction_session_timeout = 0`),
};
