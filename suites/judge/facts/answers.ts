/** What kind of answer a line of the client history is. */
import type { HistoryEntry, HistoryResult } from '../../../scenarios/evidence/model/history.ts';

/** An answer that claims an effect, made now or replayed. */
export interface Claim extends HistoryEntry {
  readonly return: number;
  readonly outcome: 'ok';
  readonly result: HistoryResult;
}

export function isClaim(entry: HistoryEntry): entry is Claim {
  return entry.outcome === 'ok' && entry.return !== null && entry.result?.effect === true;
}

/** A read, a refusal or an unchanged success: something was seen and nothing was changed. */
export function isObservation(entry: HistoryEntry): entry is Claim {
  return entry.outcome === 'ok' && entry.return !== null && entry.result?.effect !== true;
}
