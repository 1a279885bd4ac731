/** Claims that expire. */
import { compareTimestamps, type Timestamp } from '../contract/index.ts';
import { indexes, type Lease } from './store.ts';
import type { Rows } from './table.ts';

/** Whether the lease is still running at `now`. */
export function holds(lease: Lease, now: Timestamp): boolean {
  return compareTimestamps(lease.until, now) > 0;
}

/** The lease with this claim, whether or not it has run out. */
export function leaseOf<T extends Lease>(rows: Rows<T>, claim: string): T | undefined {
  for (const { id } of rows.positions(indexes.claim(claim), undefined, false)) return rows.get(id);
  return undefined;
}
