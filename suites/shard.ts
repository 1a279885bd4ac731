/** Divides a certification into parts for several machines. */
import type { ClauseResult } from './result.ts';

/** Part `index`, from 1, of `of` parts. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** The reason for a clause that another shard checks. */
export const ELSEWHERE = 'in another shard';

/** Whether another shard checks the clause. */
export function isElsewhere({ status, reason }: ClauseResult): boolean {
  return status === 'not-run' && reason === ELSEWHERE;
}

/**
 * The members of one shard of `all`, whose order must be the same for every shard. They are dealt out one by one, the
 * slow ones first: the shards' numbers of members, and of slow ones, differ by at most one.
 */
export function membersOf<T>(all: readonly T[], isSlow: (one: T) => boolean, shard: Shard): ReadonlySet<T> {
  const dealt = all.toSorted((a, b) => Number(isSlow(b)) - Number(isSlow(a)));
  return new Set(dealt.filter((_, place) => place % shard.of === shard.index - 1));
}
