/** Keyset pagination: the statements, and the cursors between pages. */
import {
  decodeListCursor,
  decodeScanCursor,
  encodeListCursor,
  encodeScanCursor,
  StorageError,
  validatePage,
  type Page,
  type PageRequest,
  type Timestamp,
} from '../../contract/index.ts';
import { selectList, type Column, type Param, type Row, type Session, type Statement } from './sql.ts';

export interface Listing<T> {
  /** The prefix of the statements' names. */
  readonly name: string;
  readonly table: string;
  readonly columns: readonly Column[];
  /** The columns to sort by: a time and the id. */
  readonly time: string;
  readonly order: 'oldest-first' | 'latest-first';
  readonly fromRow: (row: Row) => T;
  readonly positionOf: (item: T) => { readonly timestamp: Timestamp; readonly id: string };
}

/** A list in the order (time, id), filtered by the given columns' values. */
export type List<T> = (
  session: Session,
  request: PageRequest,
  filter: Readonly<Record<string, string>>,
) => Promise<Page<T>>;

export function createList<T>(listing: Listing<T>): List<T> {
  const statements = new Map<string, Statement>();
  return async (session, request, filter) => {
    validatePage(request);
    const position = request.cursor === undefined ? [] : listPosition(request.cursor);
    const filters = Object.keys(filter);
    const key = [...filters, position.length === 0 ? 'first' : 'next'].join('.');
    let statement = statements.get(key);
    if (statement === undefined) {
      statement = listStatement(listing, key, filters, position.length > 0);
      statements.set(key, statement);
    }
    const params: Param[] = [...Object.values(filter), ...position, request.limit + 1];
    const { rows } = await session.run(statement, params);
    return pageOf(rows, request.limit, listing.fromRow, (item) => encodeListCursor(listing.positionOf(item)));
  };
}

/**
 * PostgreSQL can walk an index on (…, time, id) with this row comparison. The cursor's time is text with every stored
 * digit: a time cut to milliseconds would repeat or skip rows.
 */
function listStatement<T>(
  listing: Listing<T>,
  key: string,
  filters: readonly string[],
  isNext: boolean,
): Statement {
  const conditions = filters.map((column, index) => `${column} = $${index + 1}::text`);
  const [direction, after] = listing.order === 'latest-first' ? ['DESC', '<'] : ['ASC', '>'];
  let next = filters.length + 1;
  if (isNext) {
    conditions.push(`(${listing.time}, id) ${after} ($${next}::timestamptz, $${next + 1}::text)`);
    next += 2;
  }
  return {
    name: `${listing.name}.list.${key}`,
    kind: 'read',
    text: `SELECT ${selectList(listing.columns)} FROM ${listing.table} AS stored
      ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`}
      ORDER BY stored.${listing.time} ${direction}, stored.id ${direction} LIMIT $${next}::int`,
  };
}

function listPosition(cursor: string): [string, string] {
  const { timestamp, id } = decodeListCursor(cursor);
  if (timestamp.startsWith('0000')) {
    throw new StorageError(
      'INVALID_CURSOR',
      'Expected a cursor of this list; it holds no rows of the year 0.',
    );
  }
  return [timestamp, id];
}

export interface Scanning<T> {
  readonly name: string;
  readonly table: string;
  readonly columns: readonly Column[];
  /** The primary key's column. */
  readonly id: string;
  readonly fromRow: (row: Row) => T;
  readonly idOf: (item: T) => string;
}

export type Scan<T> = (session: Session, request: PageRequest) => Promise<Page<T>>;

/** Lists every row in the order of ids, compared as UTF-8 bytes. */
export function createScan<T>(scanning: Scanning<T>): Scan<T> {
  const select = `SELECT ${selectList(scanning.columns)} FROM ${scanning.table}`;
  const first: Statement = {
    name: `${scanning.name}.scan.first`,
    kind: 'read',
    text: `${select} ORDER BY ${scanning.id} LIMIT $1::int`,
  };
  const next: Statement = {
    name: `${scanning.name}.scan.next`,
    kind: 'read',
    text: `${select} WHERE ${scanning.id} > $1::text ORDER BY ${scanning.id} LIMIT $2::int`,
  };
  return async (session, request) => {
    validatePage(request);
    const { cursor, limit } = request;
    const { rows } =
      cursor === undefined
        ? await session.run(first, [limit + 1])
        : await session.run(next, [decodeScanCursor(cursor), limit + 1]);
    return pageOf(rows, limit, scanning.fromRow, (item) => encodeScanCursor(scanning.idOf(item)));
  };
}

/** `rows` has one row more than requested if there is a next page. */
function pageOf<T>(
  rows: readonly Row[],
  limit: number,
  fromRow: (row: Row) => T,
  cursorAt: (item: T) => string,
): Page<T> {
  const items = rows.slice(0, limit).map(fromRow);
  const last = items.at(-1);
  return rows.length > limit && last !== undefined ? { items, nextCursor: cursorAt(last) } : { items };
}
