/** Where a request is struck. */

/**
 * How far a request has come when its service is struck. The request is held there until the fault has taken hold.
 * - `entered`: its section has begun.
 * - `read`: its section has read what it protects.
 * - `executed`: its section has written, and is about to commit.
 * - `commit`: the request for its commit has left the service, and never reaches the storage.
 * - `commit-answer`: the storage has carried out the commit, and its answer never reaches the service.
 * - `committed`: its section has committed, and it is about to be paid.
 * - `paid`: it is paid, and about to be answered.
 */
export const STRIKE_POINTS = [
  'entered',
  'read',
  'executed',
  'commit',
  'commit-answer',
  'committed',
  'paid',
] as const;
export type StrikePoint = (typeof STRIKE_POINTS)[number];

export const INSIDE: readonly StrikePoint[] = ['read', 'executed'];
export const AT_COMMIT: readonly CommitPoint[] = ['commit', 'commit-answer'];

export type CommitPoint = Extract<StrikePoint, 'commit' | 'commit-answer'>;

/** Whether the strike comes when the service asks for a commit, of which the service itself sees nothing. */
export function isAtCommit(point: StrikePoint): point is CommitPoint {
  return point === 'commit' || point === 'commit-answer';
}
