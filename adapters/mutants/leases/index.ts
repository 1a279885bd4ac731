/** Mutants of leases, one a line. */
import type { Mutant } from '../mutant.ts';
import { leaseByProcessClock, leaseEndsByProcessClock } from './clocks.ts';
import { fenceOfTakeovers, leaseRowDeleted } from './fences.ts';
import { releaseWithoutOwner, renewalWithoutOwner } from './owners.ts';
import { checkNotLocked, leaseWithoutFences, unfencedLease } from './unfenced.ts';

export const LEASE_MUTANTS: readonly Mutant[] = [
  checkNotLocked,
  fenceOfTakeovers,
  leaseByProcessClock,
  leaseEndsByProcessClock,
  leaseRowDeleted,
  leaseWithoutFences,
  releaseWithoutOwner,
  renewalWithoutOwner,
  unfencedLease,
];
