/**
 * Leases whose fence is not checked where it matters. Each bug shows when a holder is frozen longer than its lease.
 */
import type { Mutant } from '../mutant.ts';
import { leaseBeside } from './leaseBeside.ts';

const UNCHECKED = leaseBeside({ clock: 'storage', check: 'nothing', mine: 'owner = $2' });

/** The writes of a section commit, whoever has the lease then. */
export const unfencedLease: Mutant = {
  name: 'unfenced-lease',
  origin:
    'A lease, or a Redis lock with a time to live: once it was granted, its holder writes without checking it again. A pause of the garbage collector is enough.',
  clauses: ['LOCK-15'],
  ...UNCHECKED,
};

/** The same for an adapter that does not declare fencing. */
export const leaseWithoutFences: Mutant = {
  name: 'lease-without-fences',
  origin:
    'Most lock libraries: the time to live frees the lock of a dead holder, but a holder that only seemed dead continues.',
  clauses: ['LOCK-12'],
  ...UNCHECKED,
  capabilities: {},
};

/** The lease is not renewed: a section that lasts longer continues beside the next one, and both commit. */
export const leaseNotRenewed: Mutant = {
  name: 'lease-not-renewed',
  origin:
    'redlock.acquire(key, 3000) around a call that takes longer, without using(): the lock has another holder by then.',
  clauses: ['LOCK-01'],
  ...leaseBeside({ clock: 'storage', check: 'nothing', mine: 'owner = $2', renews: false }),
  capabilities: { recoveryMs: 3_500 },
};

/** The last step before the commit is the check, on a separate connection, and the commit may come late. */
export const checkBeforeCommit: Mutant = {
  name: 'check-before-commit',
  origin:
    'The lock service is asked once more, and then COMMIT is sent to the database: nothing protects the lock in between.',
  clauses: ['LOCK-15', 'LOCK-17'],
  ...leaseBeside({ clock: 'storage', check: 'row alone', mine: 'owner = $2' }),
};
