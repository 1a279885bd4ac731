/**
 * Cursors: base64 wrappers over stable record ids, as the seam has always had them, and list cursors
 * over `timestamp|id`. Decoding is strict: text that does not encode back to itself is INVALID_CURSOR.
 */
import { StorageError } from './errors.ts';
import { isTimestamp } from './time.ts';
import type { Timestamp } from './records.ts';

/** base64 (RFC 4648, section 4) of the UTF-8 bytes of `id`. Throws INVALID_CURSOR for text that is not well-formed UTF-16. */
export function encodeCursor(id: string): string {
  if (!isWellFormed(id)) throw invalid('an id of well-formed Unicode', id);
  return Buffer.from(id, 'utf8').toString('base64');
}

/** The id in `cursor`. Throws INVALID_CURSOR unless `cursor` is exactly what `encodeCursor` returns for it. */
export function decodeCursor(cursor: string): string {
  if (typeof cursor !== 'string') throw invalid('text', cursor);
  const id = Buffer.from(cursor, 'base64').toString('utf8');
  // Node's decoder skips what it does not know, and replaces bytes that are no UTF-8: only the round trip tells.
  if (Buffer.from(id, 'utf8').toString('base64') !== cursor) throw invalid('base64 of an id', cursor);
  return id;
}

/** Where a list stands: behind the row with this sort time and id. */
export interface ListPosition {
  readonly timestamp: Timestamp;
  readonly id: string;
}

/** The cursor behind the row at `position`. The time is kept with every stored digit. */
export function encodeListCursor(position: ListPosition): string {
  return encodeCursor(`${position.timestamp}|${position.id}`);
}

/** The position in `cursor`. An id may itself hold `|`: the time never does, so the first one separates. */
export function decodeListCursor(cursor: string): ListPosition {
  const text = decodeCursor(cursor);
  const bar = text.indexOf('|');
  const timestamp = text.slice(0, bar);
  if (bar < 0 || !isTimestamp(timestamp)) throw invalid('base64 of "timestamp|id"', cursor);
  return { timestamp, id: text.slice(bar + 1) };
}

/** Orders ids by their UTF-8 bytes, which is neither JavaScript's order (astral characters) nor a collation's. */
export function compareIds(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'));
}

/** Whether `text` has no lone surrogate, so that UTF-8 can carry it unchanged. */
export function isWellFormed(text: string): boolean {
  return !/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(text);
}

function invalid(expected: string, came: unknown): StorageError {
  return new StorageError(
    'INVALID_CURSOR',
    `Expected a cursor (${expected}), got ${JSON.stringify(came)?.slice(0, 80)}. Pass back nextCursor of the previous page unchanged.`,
  );
}
