/** Leases whose fence is not looked at where it counts. Each is seen when a holder stands still past its lease. */
import type { Mutant } from '../mutant.ts';
import { leaseBeside } from './leaseBeside.ts';

const UNCHECKED = leaseBeside({ clock: 'storage', check: 'nothing', mine: 'owner = $2' });

/** What a section writes commits, whoever has its lease by then. */
export const unfencedLease: Mutant = {
  name: 'unfenced-lease',
  origin:
    'A lease or a lock in Redis with a time to live: who has got it once writes, and nobody asks whether it is still theirs. A pause of the garbage collector is enough.',
  clauses: ['LOCK-15'],
  ...UNCHECKED,
};

/** The same, of an adapter that says nothing of fences. */
export const leaseWithoutFences: Mutant = {
  name: 'lease-without-fences',
  origin:
    'Most libraries of locks: the time to live frees what a dead holder had, and one that only seemed dead goes on where it was.',
  clauses: ['LOCK-12'],
  ...UNCHECKED,
  capabilities: {},
};

/** Nobody extends the lease: a section that takes longer goes on beside the next one, and both commit. */
export const leaseNotRenewed: Mutant = {
  name: 'lease-not-renewed',
  origin:
    'redlock.acquire(key, 3000) around a call that takes longer, without using(): the lock has another owner by then.',
  clauses: ['LOCK-01'],
  ...leaseBeside({ clock: 'storage', check: 'nothing', mine: 'owner = $2', renews: false }),
  capabilities: { recoveryMs: 3_500 },
};

/** The last act before the commit is the check, on a connection of its own, and the commit may come late. */
export const checkBeforeCommit: Mutant = {
  name: 'check-before-commit',
  origin:
    'The lock service is asked once more, and then COMMIT is sent to the database: nothing holds the lock while it is on its way.',
  clauses: ['LOCK-15', 'LOCK-17'],
  ...leaseBeside({ clock: 'storage', check: 'row alone', mine: 'owner = $2' }),
};
