import type { Mutant } from '../mutant.ts';

const FREE = /UPDATE ("[a-z0-9_]+"\.leases) SET owner = NULL, expires_at = NULL WHERE/;

/** The row that knew the last fence is gone, and the next one is the first again. */
export const leaseRowDeleted: Mutant = {
  name: 'lease-row-deleted',
  origin:
    'The table of locks is kept small: whoever releases a lock deletes its row, and its counter with it.',
  clauses: ['LOCK-16'],
  bases: ['postgres-lease'],
  rewrite: (sql) => sql.replace(FREE, 'DELETE FROM $1 WHERE'),
};

/** A lease that was free is granted with the fence of its last holder. */
export const fenceOfTakeovers: Mutant = {
  name: 'fence-of-takeovers',
  origin:
    'The token counts how often the lease was taken from somebody, as the leaseTransitions of a Kubernetes Lease do, and two holders after one another have the same.',
  clauses: ['LOCK-16'],
  bases: ['postgres-lease'],
  rewrite: (sql) => sql.replace('fence = fence + 1', 'fence = fence + (owner IS NOT NULL)::integer'),
};
