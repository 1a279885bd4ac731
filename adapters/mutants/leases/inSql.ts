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
    // The row that knew the last fence is gone, and the next one is the first again.
    {
      name: 'lease-row-deleted',
      origin:
        'The table of locks is kept small: whoever releases a lock deletes its row, and its counter with it.',
      clauses: ['LOCK-16'],
      rewrite: (sql) => sql.replace(FREED, 'DELETE FROM $1 WHERE'),
    },
    // A lease that was free is granted with the fence of its last holder.
    {
      name: 'fence-of-takeovers',
      origin:
        'The token counts how often the lease was taken from somebody, as the leaseTransitions of a Kubernetes Lease do, and two holders after one another have the same.',
      clauses: ['LOCK-16'],
      rewrite: (sql) => sql.replace('fence = fence + 1', 'fence = fence + (owner IS NOT NULL)::integer'),
    },
    // Whoever gives up waiting frees the stream all the same.
    {
      name: 'release-without-owner',
      origin:
        'DEL with the name of the lock in a finally block that a time-out passes too: the lock that is deleted is its holder’s.',
      clauses: ['LOCK-13', 'LOCK-20'],
      rewrite: (sql) => (sql.includes('left_line AS (DELETE') ? freedForAll(sql) : sql),
    },
    // The fence is checked before the write, and nothing keeps it from being outdated when the section commits.
    {
      name: 'check-not-locked',
      origin:
        'The fence is compared in a SELECT before the update: between the two, and until the commit, somebody else may take the lease over.',
      clauses: ['LOCK-17'],
      rewrite: (sql) => {
        if (/\(SELECT fence FROM .* FOR UPDATE\)/.test(sql)) return sql.replace(' FOR UPDATE', '');
        return FREED_BY_OWNER.test(sql) ? sql.replace(MINE, BY_ANYBODY) : sql;
      },
    },
  ],
  ['postgres-lease'],
);
