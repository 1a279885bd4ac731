/** Whether this move may use the new side. The side must be empty, or hold only what an earlier attempt left there. */
import type { SideFacts } from './facts.ts';

export interface Problem {
  readonly says: string;
  readonly todo: string;
}

/** Why these two sides cannot be used for the move. Undefined: they can. */
export function problemOf(old: SideFacts, other: SideFacts): Problem | undefined {
  if (old.mark !== undefined && old.mark.side === 'new')
    return {
      says: `the old side is the new side of ${other.mark?.move === old.mark.move ? 'this move: they are named the wrong way round' : 'another move'}`,
      todo: 'Name the storage that is used now first; to go back use --rollback, and to move on finish that move.',
    };
  if (other.mark !== undefined && other.mark.side === 'old') {
    const isOne = old.mark?.move === other.mark.move;
    return {
      says: isOne
        ? 'the new side is the old side: both are one storage'
        : 'the new side is the old side of another move',
      todo: 'Name two storages, the one that is used now first.',
    };
  }
  if (other.mark !== undefined && other.mark.move !== old.mark?.move)
    return {
      says: 'the new side belongs to another move',
      todo: 'Name the storage that belongs to this move, or an empty one.',
    };
  if (other.mark === undefined && other.record !== undefined)
    return {
      says: `the new side is not empty, and nothing there is of this move: ${other.record.kind} ${JSON.stringify(other.record.id)}, for one`,
      todo: 'Nothing was changed. Name an empty storage: what somebody else has there would be lost or mixed up.',
    };
  return undefined;
}
