/** Mutants of leases, one a line. */
import type { Mutant } from '../mutant.ts';
import { givingUpFreesLock, lockAloneRunsOut } from './alone.ts';
import { leaseByProcessClock, leaseEndsByProcessClock } from './clocks.ts';
import { fenceOfTakeovers, leaseRowDeleted } from './fences.ts';
import { releaseWithoutOwner, renewalWithoutOwner } from './owners.ts';
import {
  checkBeforeCommit,
  checkNotLocked,
  leaseNotRenewed,
  leaseWithoutFences,
  unfencedLease,
} from './unfenced.ts';

export const LEASE_MUTANTS: readonly Mutant[] = [
  checkBeforeCommit,
  checkNotLocked,
  fenceOfTakeovers,
  givingUpFreesLock,
  leaseByProcessClock,
  leaseEndsByProcessClock,
  leaseNotRenewed,
  leaseRowDeleted,
  leaseWithoutFences,
  lockAloneRunsOut,
  releaseWithoutOwner,
  renewalWithoutOwner,
  unfencedLease,
];
