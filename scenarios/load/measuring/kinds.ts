/** The kinds of outcomes that figures are grouped by, because the cost of an effect says nothing about a refusal. */
import type { HistoryEntry } from '../../evidence/model/history.ts';

export const REQUEST_KINDS = [
  /** The first execution of a key, with an effect. */
  'effect',
  /** Answered with the stored answer of its key. */
  'replay',
  /** Refused because of the stream's state: 409, with the revision that it saw. */
  'refusal',
  /** A success that changed nothing, such as the settle of an ended stream. */
  'unchanged',
  /** One stream was read. */
  'read',
  /** A list was read to its end, page after page. */
  'scan',
  'export-request',
  /** A worker's turn, with or without an export job. */
  'export-work',
  'export-download',
  /**
   * Certainly neither an effect nor an observation: invalid input, a reused key with another fingerprint, or a lock
   * timeout.
   */
  'failure',
  /** It may have taken effect, or may still do so. */
  'unknown',
] as const;
export type RequestKind = (typeof REQUEST_KINDS)[number];

/** The kind of an answered request. */
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
