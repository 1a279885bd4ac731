/** Bugs in the SQL of leases. */
import type { Mutant } from '../mutant.ts';
import { sqlMutants } from '../sqlTable.ts';

const FREED = /UPDATE ("[a-z0-9_]+"\.leases) SET owner = NULL, expires_at = NULL WHERE/;

const FREED_BY_OWNER = /SET owner = NULL, expires_at = NULL WHERE stream_id = \$1::text AND/;
const MINE = 'owner = $2::uuid AND fence = $3::bigint';
const BY_ANYBODY = '$2::uuid IS NOT NULL AND $3::bigint IS NOT NULL';

function freedForAll(sql: string): string {
  return sql.replace(
    'stream_id = $1::text AND owner = $2::uuid FOR UPDATE',
    'stream_id = $1::text FOR UPDATE',
  );
}

export const inSql: readonly Mutant[] = sqlMutants(
  [
    // The row with the last fence is deleted, and the next fence is 1 again.
    {
      name: 'lease-row-deleted',
      origin: 'The table of locks is kept small: releasing a lock deletes its row, including its counter.',
      clauses: ['LOCK-16'],
      rewrite: (sql) => sql.replace(FREED, 'DELETE FROM $1 WHERE'),
    },
    // A free lease is granted with the fence of its last holder.
    {
      name: 'fence-of-takeovers',
      origin:
        'The token counts only takeovers, like leaseTransitions of a Kubernetes Lease, so two successive holders have the same one.',
      clauses: ['LOCK-16'],
      rewrite: (sql) => sql.replace('fence = fence + 1', 'fence = fence + (owner IS NOT NULL)::integer'),
    },
    // A waiter that gives up releases the lease.
    {
      name: 'release-without-owner',
      origin:
        'DEL with the name of the lock in a finally block, which also runs after a timeout: it deletes the holder’s lock.',
      clauses: ['LOCK-13', 'LOCK-20'],
      rewrite: (sql) => (sql.includes('left_line AS (DELETE') ? freedForAll(sql) : sql),
    },
    // The fence is checked before the write, but may be outdated when the section commits.
    {
      name: 'check-not-locked',
      origin:
        'The fence is compared in a SELECT before the update: another holder may take over between the two, or before the commit.',
      clauses: ['LOCK-17'],
      rewrite: (sql) => {
        if (/\(SELECT fence FROM .* FOR UPDATE\)/.test(sql)) return sql.replace(' FOR UPDATE', '');
        return FREED_BY_OWNER.test(sql) ? sql.replace(MINE, BY_ANYBODY) : sql;
      },
    },
  ],
  ['postgres-lease'],
);
