/** Where lines stand in evidence that is there as a whole. */
import type { AuditList, Evidence, Places } from '../../scenarios/evidence.ts';

/** More than any list of evidence has. */
const MOST_LINES = 2 ** 33;

const LISTS: readonly AuditList[] = ['streams', 'activity', 'idempotency', 'exports', 'exportAudit'];

export function placesInWhole({ journals }: Evidence): Places {
  const firstAudit = 1 + journals.length;
  return {
    seeded: (index) => index,
    history: (index) => index,
    journal: (journal, index) => (1 + journal) * MOST_LINES + index,
    row: (audit, list, index) =>
      (firstAudit + audit * LISTS.length + LISTS.indexOf(list)) * MOST_LINES + index,
  };
}

/** A rank after those of all places that are of an earlier kind. */
export function rankOf(kind: number, place: number): number {
  return kind * MOST_PLACES + place;
}

/** More than any place is, and so little that a few kinds of ranks stay exact. */
const MOST_PLACES = 2 ** 50;
