/** What came of a request, as figures are grouped: what an effect costs says nothing of a refusal, nor the reverse. */
import type { HistoryEntry } from '../../evidence/model/history.ts';

export const REQUEST_KINDS = [
  /** The first and only effect of its key. */
  'effect',
  /** Answered with what had been stored under its key. */
  'replay',
  /** Refused by what the stream was: 409, with the revision that it saw. */
  'refusal',
  /** A success that had nothing left to do: settle of a stream that has ended. */
  'unchanged',
  /** One stream was read. */
  'read',
  /** A list was read to its end, page after page. */
  'scan',
  'export-request',
  /** A worker's turn with an export job, or with none. */
  'export-work',
  'export-download',
  /** Certainly neither an effect nor an observation: bad input, another fingerprint under the key, a lock that came too late. */
  'failure',
  /** It may have had its effect, or have it later. */
  'unknown',
] as const;
export type RequestKind = (typeof REQUEST_KINDS)[number];

/** Those of which each answered request is one. */
export function kindOf({ f, outcome, result }: Pick<HistoryEntry, 'f' | 'outcome' | 'result'>): RequestKind {
  if (outcome === 'fail') return 'failure';
  if (outcome === 'unknown') return 'unknown';
  switch (f) {
    case 'get':
      return 'read';
    case 'scan':
      return 'scan';
    case 'export':
      return 'export-request';
    case 'work':
      return 'export-work';
    case 'download':
      return 'export-download';
    case 'start':
    case 'pause':
    case 'stop':
    case 'settle':
    case 'withdraw':
      if (result?.replayed === true) return 'replay';
      if (result?.effect === true) return 'effect';
      return (result?.status ?? 0) < 400 ? 'unchanged' : 'refusal';
    default:
      throw new TypeError(`Unknown request: ${String(f satisfies never)}`);
  }
}
