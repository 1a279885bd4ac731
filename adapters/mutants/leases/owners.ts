/** Leases that are not asked whose they are. */
import type { Mutant } from '../mutant.ts';
import { leaseBeside } from './leaseBeside.ts';

/** A holder that stood still past its lease prolongs its successor's, and takes it for its own. */
export const renewalWithoutOwner: Mutant = {
  name: 'renewal-without-owner',
  origin:
    'A watchdog that sends PEXPIRE with the name of the lock: after a pause it prolongs somebody else’s, and the answer says that all is well.',
  clauses: ['LOCK-12', 'LOCK-15'],
  ...leaseBeside({ clock: 'storage', check: 'row', mine: 'true' }),
};

/** Whoever gives up waiting frees the stream all the same. */
export const releaseWithoutOwner: Mutant = {
  name: 'release-without-owner',
  origin:
    'DEL with the name of the lock in a finally block that a time-out passes too: the lock that is deleted is its holder’s.',
  clauses: ['LOCK-13', 'LOCK-20'],
  bases: ['postgres-lease'],
  rewrite: (sql) => (sql.includes('left_line AS (DELETE') ? freedForAll(sql) : sql),
};

function freedForAll(sql: string): string {
  return sql.replace(
    'stream_id = $1::text AND owner = $2::uuid FOR UPDATE',
    'stream_id = $1::text FOR UPDATE',
  );
}
