/** Mutants of leases, one a line. */
import type { Mutant } from '../mutant.ts';
import { fenceOfTakeovers, leaseRowDeleted } from './fences.ts';

export const LEASE_MUTANTS: readonly Mutant[] = [fenceOfTakeovers, leaseRowDeleted];
