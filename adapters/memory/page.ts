/** Pages of an index, and the cursors between them. */
import {
  decodeListCursor,
  decodeScanCursor,
  encodeListCursor,
  encodeScanCursor,
  validatePage,
  type Page,
  type PageRequest,
  type Timestamp,
} from '../contract/index.ts';
import { copy } from './copy.ts';
import type { Position } from './sortedIndex.ts';
import { SCAN, timeKey, type Rows } from './table.ts';

export interface ListShape<T> {
  readonly index: string;
  readonly order: 'oldest-first' | 'latest-first';
  timeOf(row: T): Timestamp;
}

/** One page in the order (time, id). The cursor keeps the time with every stored digit. */
export function listPage<T>(rows: Rows<T>, shape: ListShape<T>, request: PageRequest): Page<T> {
  validatePage(request);
  const at = request.cursor === undefined ? undefined : decodeListCursor(request.cursor);
  const after = at === undefined ? undefined : { time: timeKey(at.timestamp), id: at.id };
  const positions = rows.positions(shape.index, after, shape.order === 'latest-first');
  return pageOf(rows, positions, request.limit, (row, id) =>
    encodeListCursor({ timestamp: shape.timeOf(row), id }),
  );
}

/** One page of all rows in the order of their ids. */
export function scanPage<T>(rows: Rows<T>, request: PageRequest): Page<T> {
  validatePage(request);
  const after = request.cursor === undefined ? undefined : { time: '', id: decodeScanCursor(request.cursor) };
  return pageOf(rows, rows.positions(SCAN, after, false), request.limit, (_row, id) => encodeScanCursor(id));
}

function pageOf<T>(
  rows: Rows<T>,
  positions: Iterable<Position>,
  limit: number,
  cursorAt: (row: T, id: string) => string,
): Page<T> {
  const items: T[] = [];
  let last: { readonly row: T; readonly id: string } | undefined;
  for (const { id } of positions) {
    // One row more than asked for: only then is there a next page.
    if (items.length === limit && last !== undefined) {
      return { items, nextCursor: cursorAt(last.row, last.id) };
    }
    const row = rows.get(id) as T;
    items.push(copy(row));
    last = { row, id };
  }
  return { items };
}
