/** Lists and scans over a store that has neither: reads all rows, filters and sorts them, and cuts out one page. */
import {
  compareIds,
  compareTimestamps,
  decodeListCursor,
  decodeScanCursor,
  encodeListCursor,
  encodeScanCursor,
  validatePage,
  type ListPosition,
  type Page,
  type PageRequest,
  type Timestamp,
} from '../contract/index.ts';

/** Which rows a list shows, and in which order. */
export interface ListShape<T> {
  readonly order: 'oldest-first' | 'latest-first';
  idOf(row: T): string;
  timeOf(row: T): Timestamp;
  /** Whether the list shows the row. */
  shows(row: T): boolean;
}

/** One page in the order (time, id). The cursor keeps the time with every stored digit. */
export function listPage<T>(rows: () => Iterable<T>, shape: ListShape<T>, request: PageRequest): Page<T> {
  validatePage(request);
  const after = request.cursor === undefined ? undefined : decodeListCursor(request.cursor);
  const sign = shape.order === 'oldest-first' ? 1 : -1;
  const positionOf = (row: T): ListPosition => ({ timestamp: shape.timeOf(row), id: shape.idOf(row) });
  const compare = (a: ListPosition, b: ListPosition): number =>
    sign * (compareTimestamps(a.timestamp, b.timestamp) || compareIds(a.id, b.id));
  const shown = [...rows()].filter(
    (row) => shape.shows(row) && (after === undefined || compare(positionOf(row), after) > 0),
  );
  shown.sort((a, b) => compare(positionOf(a), positionOf(b)));
  return pageOf(shown, request.limit, (row) => encodeListCursor(positionOf(row)));
}

/** One page of all rows in the order of their ids. */
export function scanPage<T>(
  rows: () => Iterable<T>,
  idOf: (row: T) => string,
  request: PageRequest,
): Page<T> {
  validatePage(request);
  const after = request.cursor === undefined ? undefined : decodeScanCursor(request.cursor);
  const shown = [...rows()].filter((row) => after === undefined || compareIds(idOf(row), after) > 0);
  shown.sort((a, b) => compareIds(idOf(a), idOf(b)));
  return pageOf(shown, request.limit, (row) => encodeScanCursor(idOf(row)));
}

function pageOf<T>(rows: readonly T[], limit: number, cursorAt: (row: T) => string): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  // One row more than requested, because only then is there a next page.
  if (rows.length <= limit || last === undefined) return { items };
  return { items, nextCursor: cursorAt(last) };
}
