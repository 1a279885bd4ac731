/** How many requests of each kind got a definite answer. A kind without definite answers was not tested. */
import type { HistoryEntry } from '../../../scenarios/evidence/model/history.ts';
import { formatCount } from '../../counts.ts';
import { groupBy } from '../groupBy.ts';

/** With fewer requests, a share says nothing. */
export const MIN_REQUESTS = 20;

/** If a larger share is unanswered, the answers prove too little. Faults may prevent most answers. */
const MAX_UNANSWERED = 0.9;

/** Plain data: parts of the evidence may be judged by other threads. */
export interface KindCount {
  readonly f: HistoryEntry['f'];
  readonly asked: number;
  readonly unanswered: number;
}

export function countKinds(requests: readonly HistoryEntry[]): KindCount[] {
  return [...groupBy(requests, ({ f }) => f)].map(([f, all]) => ({
    f,
    asked: all.length,
    unanswered: all.filter((request) => !isDefinite(request)).length,
  }));
}

/**
 * An effect, a read, or a refusal for a reason of the protocol; not a failure to reach the storage or to get a lock.
 */
export function isDefinite({ outcome, result }: HistoryEntry): boolean {
  return outcome === 'ok' || (outcome === 'fail' && (result?.status ?? 0) < 500);
}

/** A kind with hardly any definite answers. Undefined: there is none. */
export function unansweredKind(counts: readonly KindCount[]): string | undefined {
  for (const [f, own] of groupBy(counts, (count) => count.f)) {
    const asked = own.reduce((sum, count) => sum + count.asked, 0);
    const unanswered = own.reduce((sum, count) => sum + count.unanswered, 0);
    if (asked >= MIN_REQUESTS && unanswered > MAX_UNANSWERED * asked)
      return `${formatCount(unanswered)} of ${formatCount(asked)} requests "${f}" got no definite answer`;
  }
  return undefined;
}
