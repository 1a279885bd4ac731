/**
 * Cursors are base64 of stable record ids: list cursors of `timestamp|id`, and scan cursors of the id. Decoding is strict:
 * text that does not encode back to itself, or that no list of this kind can have issued, is INVALID_CURSOR. A cursor of
 * another list of the same kind is also a valid position here, and cannot be told apart.
 */
import { StorageError } from '../errors.ts';
import { isTimestamp } from './time.ts';
import type { Timestamp } from '../records.ts';
import { isId, isWellFormed } from './text.ts';

/**
 * Returns base64 (RFC 4648, section 4) of the UTF-8 bytes of `id`.
 *
 * @throws {@link StorageError} with `INVALID_CURSOR` if `id` is not well-formed UTF-16.
 */
export function encodeCursor(id: string): string {
  if (!isWellFormed(id)) throw invalid('an id of well-formed Unicode', id);
  return Buffer.from(id, 'utf8').toString('base64');
}

/**
 * Returns the id in `cursor`.
 *
 * @throws {@link StorageError} with `INVALID_CURSOR` unless {@link encodeCursor} returns exactly `cursor` for that id.
 */
export function decodeCursor(cursor: string): string {
  if (typeof cursor !== 'string') throw invalid('text', cursor);
  const id = Buffer.from(cursor, 'base64').toString('utf8');
  // Node's decoder skips unknown characters and replaces bytes that are not UTF-8. Only the round trip shows it.
  if (Buffer.from(id, 'utf8').toString('base64') !== cursor) throw invalid('base64 of an id', cursor);
  return id;
}

/** A position in a list: behind the row with this sort time and id. */
export interface ListPosition {
  readonly timestamp: Timestamp;
  readonly id: string;
}

/**
 * Returns the list cursor for the position behind a row. It keeps every stored digit of the time.
 *
 * @throws {@link StorageError} with `INVALID_CURSOR` if the id is not well-formed UTF-16.
 *
 * @example
 * ```ts
 * const last = rows.at(-1);
 * const nextCursor = encodeListCursor({ timestamp: last.createdAt, id: last.id });
 * ```
 */
export function encodeListCursor(position: ListPosition): string {
  return encodeCursor(`${position.timestamp}|${position.id}`);
}

/**
 * Returns the position in a list cursor. The first `|` separates time and id: an id may contain `|`, a time cannot.
 *
 * @throws {@link StorageError} with `INVALID_CURSOR`, also for the cursor of a scan.
 */
export function decodeListCursor(cursor: string): ListPosition {
  const position = positionIn(decodeCursor(cursor));
  if (position === undefined || !isId(position.id)) throw invalid('base64 of "timestamp|id"', cursor);
  return position;
}

function positionIn(text: string): ListPosition | undefined {
  const bar = text.indexOf('|');
  const timestamp = text.slice(0, bar);
  return bar < 0 || !isTimestamp(timestamp) ? undefined : { timestamp, id: text.slice(bar + 1) };
}

/**
 * Returns the scan cursor for the position behind the row with this id: `encodeCursor(id)`. An id that reads like a list
 * position, or that starts with `|`, is prefixed with `|`, so that a scan can refuse the cursor of a list.
 *
 * @throws {@link StorageError} with `INVALID_CURSOR` if the id is not well-formed UTF-16.
 */
export function encodeScanCursor(id: string): string {
  return encodeCursor(id.startsWith('|') || positionIn(id) !== undefined ? `|${id}` : id);
}

/**
 * Returns the id in a scan cursor.
 *
 * @throws {@link StorageError} with `INVALID_CURSOR`, also for the cursor of a list.
 */
export function decodeScanCursor(cursor: string): string {
  const text = decodeCursor(cursor);
  const id = text.startsWith('|') ? text.slice(1) : text;
  if (!isId(id) || encodeScanCursor(id) !== cursor) throw invalid('base64 of an id, from a scan', cursor);
  return id;
}

/**
 * Compares ids by their UTF-8 bytes, for `sort`. This differs from JavaScript's order (for astral characters) and from the
 * order of collations.
 */
export function compareIds(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return byteRank(left) - byteRank(right);
  }
  return a.length - b.length;
}

/** UTF-8 puts astral characters, which UTF-16 writes as surrogates, above all others. */
function byteRank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

function invalid(expected: string, came: unknown): StorageError {
  return new StorageError(
    'INVALID_CURSOR',
    `Expected a cursor (${expected}), got ${JSON.stringify(came)?.slice(0, 80)}. Pass back nextCursor of the previous page unchanged.`,
  );
}
