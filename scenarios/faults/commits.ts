/** The commit of a request that is held, as it passes on its way to the storage or back. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommitPoint } from './points.ts';
import type { HeldCommit, StorageProxy } from './proxy/proxy.ts';

export interface HeldRequest {
  /** Lets the held request go on; called when the fault has taken hold, or must meet it on its way. */
  readonly resume: () => Promise<void>;
  /** Lets all others go on that were held with it. */
  readonly release: () => Promise<void>;
}

/** For commits that are under way when the others are held, in milliseconds. */
const DRAINED_MS = 100;
/** How long a commit may take to come, in milliseconds. */
const COME_MS = 10_000;

/** That of the held request, and of no other: they may have written nothing. Rejects when none comes. */
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

/** What had come of it, for proofs. */
export function wordsOf(point: CommitPoint): string {
  return point === 'commit' ? 'as it asked for a commit' : 'before the answer to its commit';
}
