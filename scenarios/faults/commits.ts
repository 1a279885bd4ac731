/** Finds the commit of a held request on its way to the storage or back. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommitPoint } from './points.ts';
import type { HeldCommit, StorageProxy } from './proxy/proxy.ts';

export interface HeldRequest {
  /** Lets the held request continue. Called when the fault has taken hold, or if the request must run into it. */
  readonly resume: () => Promise<void>;
  /** Lets all other requests continue that were held with it. */
  readonly release: () => Promise<void>;
}

/** How long to wait for commits that were in progress when the others were held, in milliseconds. */
const DRAINED_MS = 100;
/** How long to wait for the commit, in milliseconds. */
const COME_MS = 10_000;

/** The commit of the held request. The other requests may not have written anything. Rejects if no commit comes. */
export async function commitOf(
  { resume, release }: HeldRequest,
  proxy: StorageProxy,
  point: CommitPoint,
): Promise<HeldCommit> {
  await sleep(DRAINED_MS);
  const commit = proxy.holdCommit(point);
  await resume();
  const late = sleep(COME_MS, 'late' as const, { ref: false });
  if ((await Promise.race([commit.reached, late])) !== 'late') return commit;
  commit.letGo();
  await release();
  throw new Error(
    `no commit was seen on its way to the storage within ${COME_MS} ms; is the connection encrypted?`,
  );
}

/** How far the commit had come, for proofs. */
export function wordsOf(point: CommitPoint): string {
  return point === 'commit' ? 'as it asked for a commit' : 'before the answer to its commit';
}
