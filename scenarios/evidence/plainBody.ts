/**
 * The body of an answer that tells of an effect, as the service of lockstep writes it. Nearly every one is made of nothing
 * but what its line of history says anyway: there `true` stands in its place.
 */
import type { HistoryEntry } from './model/history.ts';

/** An entry as its line tells it. */
export interface PlainHistoryLine extends Omit<HistoryEntry, 'result'> {
  readonly result?: Omit<NonNullable<HistoryEntry['result']>, 'body'> & { readonly body?: string | true };
}

/** What the other fields make; undefined: one is missing. */
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
  // By hand: to make objects first takes three times as long, and a large load has a million of these.
  return `{"stream":{"id":${text(key)},"status":${text(streamStatus)},"revision":${revision},"releasedAmount":${text(releasedAmount)},"withdrawnAmount":${text(withdrawnAmount)}},"operationId":${text(operationId)}}`;
}

const text = JSON.stringify as (value: string) => string;

export function historyLineOf(entry: HistoryEntry): PlainHistoryLine {
  const { result } = entry;
  if (result?.body === undefined || result.body !== plainBodyOf(entry)) return entry;
  return { ...entry, result: { ...result, body: true } };
}
