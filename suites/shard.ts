/** Parts of a certification, for several machines. */
import type { ClauseResult } from './result.ts';

/** The `index`-th, from 1, of `of` parts. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** The reason of a clause that another shard checks. */
export const ELSEWHERE = 'in another shard';

/** Whether another shard checks the clause. */
export function isElsewhere({ status, reason }: ClauseResult): boolean {
  return status === 'not-run' && reason === ELSEWHERE;
}

/**
 * The members of one shard of `all`, which is in the same order for every shard. Dealt one by one, the slow ones
 * first: no part has two more of them than another, nor two more in all.
 */
export function membersOf<T>(all: readonly T[], isSlow: (one: T) => boolean, shard: Shard): ReadonlySet<T> {
  const dealt = all.toSorted((a, b) => Number(isSlow(b)) - Number(isSlow(a)));
  return new Set(dealt.filter((_, place) => place % shard.of === shard.index - 1));
}
