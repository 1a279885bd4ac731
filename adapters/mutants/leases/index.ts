/** Mutants of leases, one a line. */
import type { Mutant } from '../mutant.ts';
import { fenceOfTakeovers, leaseRowDeleted } from './fences.ts';
import { checkNotLocked, unfencedLease } from './unfenced.ts';

export const LEASE_MUTANTS: readonly Mutant[] = [
  checkNotLocked,
  fenceOfTakeovers,
  leaseRowDeleted,
  unfencedLease,
];
