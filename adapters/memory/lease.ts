/** Claims that last for a while. */
import { compareTimestamps, StorageError, type Surface, type Timestamp } from '../contract/index.ts';
import { indexes, type Lease } from './store.ts';
import type { Rows } from './table.ts';

/** Whether the lease has not run out at `now`. */
export function holds(lease: Lease, now: Timestamp): boolean {
  return compareTimestamps(lease.until, now) > 0;
}

/** The lease with this claim, run out or not. */
export function leaseOf<T extends Lease>(rows: Rows<T>, claim: string): T | undefined {
  for (const { id } of rows.positions(indexes.claim(claim), undefined, false)) return rows.get(id);
  return undefined;
}

/** The claim is not the current one: somebody else may do the work now, or has done it. */
export function notClaimed(surface: Surface, what: string): StorageError {
  return new StorageError(
    'CONFLICT',
    `Expected the current claim of ${what}, but this one was taken over, finished, given back or has run out. Nothing was changed; do not go on with the work.`,
    { details: { surface } },
  );
}
