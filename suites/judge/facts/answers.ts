/** The kinds of answers in the client history. */
import type { HistoryEntry, HistoryResult } from '../../../scenarios/evidence/model/history.ts';

/** An answer that claims an effect, made now or replayed. */
export interface OkAnswer extends HistoryEntry {
  readonly return: number;
  readonly outcome: 'ok';
  readonly result: HistoryResult;
}

export function isEffectAnswer(entry: HistoryEntry): entry is OkAnswer {
  return entry.outcome === 'ok' && entry.return !== null && entry.result?.effect === true;
}

/** A read, a refusal or an unchanged success: something was seen and nothing was changed. */
export function isObservation(entry: HistoryEntry): entry is OkAnswer {
  return entry.outcome === 'ok' && entry.return !== null && entry.result?.effect !== true;
}
