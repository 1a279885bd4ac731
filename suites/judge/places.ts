/** The places of lines in evidence that was read as a whole. */
import type { AuditList, Evidence, Places } from '../../scenarios/evidence.ts';

/** No list of evidence has more lines. */
const MAX_LINES = 2 ** 33;

const LISTS: readonly AuditList[] = ['streams', 'activity', 'idempotency', 'exports', 'exportAudit'];

export function placesInWhole({ journals }: Evidence): Places {
  const firstAudit = 1 + journals.length;
  return {
    seeded: (index) => index,
    history: (index) => index,
    journal: (journal, index) => (1 + journal) * MAX_LINES + index,
    row: (audit, list, index) =>
      (firstAudit + audit * LISTS.length + LISTS.indexOf(list)) * MAX_LINES + index,
  };
}

/** A rank after the ranks of all places of an earlier kind. */
export function rankOf(kind: number, place: number): number {
  return kind * MAX_PLACES + place;
}

/** Larger than any place, and so small that the ranks of a few kinds are exact numbers. */
const MAX_PLACES = 2 ** 50;
