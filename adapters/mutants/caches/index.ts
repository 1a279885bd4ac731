/** Caches that are right until a read outlasts a write, one a line. */
import type { Mutant } from '../mutant.ts';
import { sharedReads } from './sharedReads.ts';
import {
  staleAuditFill,
  staleFeedFill,
  staleJobFill,
  staleStreamFill,
  staleTokenFill,
  staleUserFill,
} from './staleFills.ts';

export const CACHE_MUTANTS: readonly Mutant[] = [
  sharedReads,
  staleAuditFill,
  staleFeedFill,
  staleJobFill,
  staleStreamFill,
  staleTokenFill,
  staleUserFill,
];
