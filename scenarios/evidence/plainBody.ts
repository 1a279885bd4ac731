/**
 * The body of an answer with an effect, as lockstep's service writes it. Nearly every body contains only what its line
 * of history says anyway. `true` replaces such a body.
 */
import type { HistoryEntry } from './model/history.ts';

/** An entry in the form of its line. */
export interface PlainHistoryLine extends Omit<HistoryEntry, 'result'> {
  readonly result?: Omit<NonNullable<HistoryEntry['result']>, 'body'> & { readonly body?: string | true };
}

/** The body that the other fields determine. Undefined: a field is missing. */
export function plainBodyOf({ key, result }: HistoryEntry): string | undefined {
  const { streamStatus, revision, releasedAmount, withdrawnAmount, operationId } = result ?? {};
  if (
    streamStatus === undefined ||
    revision === undefined ||
    releasedAmount === undefined ||
    withdrawnAmount === undefined ||
    operationId === undefined
  )
    return undefined;
  // Written by hand: building objects first takes three times as long, and a large load has a million of these.
  return `{"stream":{"id":${text(key)},"status":${text(streamStatus)},"revision":${revision},"releasedAmount":${text(releasedAmount)},"withdrawnAmount":${text(withdrawnAmount)}},"operationId":${text(operationId)}}`;
}

const text = JSON.stringify as (value: string) => string;

export function historyLineOf(entry: HistoryEntry): PlainHistoryLine {
  const { result } = entry;
  if (result?.body === undefined || result.body !== plainBodyOf(entry)) return entry;
  return { ...entry, result: { ...result, body: true } };
}
