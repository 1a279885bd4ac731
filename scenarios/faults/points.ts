/** The points at which a request can be struck. */

/**
 * How far a request has come when its service is struck. The request is held there until the fault has taken hold.
 * - `entered`: its section has begun.
 * - `read`: its section has read what it protects.
 * - `executed`: its section has written, and is about to commit.
 * - `commit`: the request to commit has left the service, and never reaches the storage.
 * - `commit-answer`: the storage has committed, and its answer never reaches the service.
 * - `committed`: its section has committed, and the effect is about to be paid.
 * - `paid`: the effect is paid, and the request is about to be answered.
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

/** Whether the strike comes when the service requests the commit, which the service itself cannot observe. */
export function isAtCommit(point: StrikePoint): point is CommitPoint {
  return point === 'commit' || point === 'commit-answer';
}
