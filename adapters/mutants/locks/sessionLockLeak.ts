import type { Mutant } from '../mutant.ts';

/** The lock is the session's; it is given back after COMMIT, and after ROLLBACK it is forgotten. */
export const sessionLockLeak: Mutant = {
  name: 'session-lock-leak',
  origin:
    'pg_advisory_lock with its unlock behind the commit instead of in a finally block: a throw leaves it on the pooled connection.',
  clauses: ['LOCK-09', 'LOCK-02'],
  bases: ['postgres'],
  rewrite: (sql) => {
    // The last command's tag counts; a COMMIT without a transaction only warns.
    if (sql === 'COMMIT') return 'COMMIT; SELECT pg_advisory_unlock_all(); COMMIT';
    return sql.replace(
      /SELECT pg_advisory_xact_lock\((?=.* COLLATE "C", 0\)\)$)/,
      'SELECT pg_advisory_lock(',
    );
  },
};
