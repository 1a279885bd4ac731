/** Statements, parameters and rows. Every value travels as text, so no type parser can truncate or round it. */
import { StorageError, type Timestamp } from '../../contract/index.ts';

/** One statement. Its SQL qualifies every table, so that no connection needs a search_path. */
export interface Statement {
  /** The name under which it is prepared. Unique within an adapter. */
  readonly name: string;
  readonly text: string;
  /** Decides what a lost connection means. */
  readonly kind: 'read' | 'write';
}

export type Param = string | number | null | readonly string[];
export type Row = Readonly<Record<string, string | null>>;

export interface Result {
  readonly rows: readonly Row[];
  /** The number of rows that were read, written or deleted. */
  readonly count: number;
  /** The command tag. COMMIT of a failed transaction answers ROLLBACK. */
  readonly command: string;
}

/** A statement with its parameters. */
export interface Asked {
  readonly statement: Statement;
  readonly params: readonly Param[];
  /** Creates the error for a statement that found nothing to do. */
  readonly unmet?: () => StorageError;
  /** The SQLSTATE by which the database reports that. Default: that of a `checked` statement. */
  readonly unmetState?: string;
  /** Called when the statement and its whole flight have succeeded. */
  readonly onMet?: () => void;
}

/** A write whose answer is known before it is sent. Errors name what it was to write. */
export interface Buffered extends Asked {
  readonly unmet: () => StorageError;
  readonly surface: string;
  readonly id: string;
}

/** Keeps a section's writes until another statement must follow them, or its COMMIT. */
export interface Buffer {
  /** The time for stamps: the storage's time after the lock was granted. */
  readonly now: Timestamp;
  /** The time for a stamped event. Undefined: only the database knows it for this stream. */
  eventTime(streamId: string | undefined): Timestamp | undefined;
  add(write: Buffered): void;
}

/** How the stores of an instance, or of a section's view, reach the database. */
export interface Session {
  /** Absent if every write is sent at once. */
  readonly buffer?: Buffer | undefined;
  /** Runs `action`, which may read. Rejects with CLOSED after the session's end, and only with StorageErrors. */
  read<R>(action: () => Promise<R>): Promise<R>;
  /** Like `read`. Within a section, an error also dooms the section. */
  write<R>(action: () => Promise<R>): Promise<R>;
  run(statement: Statement, params: readonly Param[]): Promise<Result>;
}

/** A column, and the type that its parameter is cast to. */
export type Column = readonly [name: string, type: string];

/** The two columns of a time: the moment, and the number of digits that the caller gave. */
export function timeColumns(name: string): Column[] {
  return [
    [name, 'timestamptz'],
    [`${name}_digits`, 'smallint'],
  ];
}

/** The select list for `columns`. */
export function selectList(columns: readonly Column[]): string {
  return columns
    .map(([name, type]) => (type === 'timestamptz' ? `${timeText(name)} AS ${name}` : name))
    .join(', ');
}

/** An SQL expression for a time as text: a JavaScript Date would lose the microseconds. */
export function timeText(time: string): string {
  return `to_char(${time} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}

/** The row that is read back after an insert of `params` into `columns`. */
export function rowOf(columns: readonly Column[], params: readonly Param[]): Row {
  const row: Record<string, string | null> = {};
  for (const [index, [name]] of columns.entries()) {
    const param = params[index] ?? null;
    row[name] = param === null ? null : String(param);
  }
  return row;
}

/** `"schema".table`. */
export function qualified(schema: string, table: string): string {
  return `"${schema}".${table}`;
}

/**
 * An INSERT of one row, with one parameter per column. A stamped column takes the time `now` if its parameter is NULL.
 * The clock is read once, so the times of a row agree. It is clock_timestamp(), because now() is the time of BEGIN,
 * before the wait for the lock. `guard` is a statement that runs within this one. If it returns no row, nothing is
 * inserted.
 */
export function insertSql(
  table: string,
  columns: readonly Column[],
  overrides: Readonly<Record<string, string>>,
  guard?: string,
): string {
  const values = columns.map(([name, type], index) => {
    const param = `$${index + 1}::${type}`;
    return overrides[name]?.replaceAll('$$', () => param) ?? param;
  });
  const [guarded, source] = guard === undefined ? ['', 'stamp'] : [`, guard AS (${guard})`, 'stamp, guard'];
  return `WITH stamp AS MATERIALIZED (SELECT clock_timestamp() AS now)${guarded}
    INSERT INTO ${table} AS stored (${columns.map(([name]) => name).join(', ')})
    SELECT ${values.join(', ')} FROM ${source}`;
}

/** An INSERT of one row, with one parameter per column. Every parameter must be given. */
export function plainInsertSql(table: string, columns: readonly Column[]): string {
  return `INSERT INTO ${table} AS stored (${columns.map(([name]) => name).join(', ')})
    VALUES (${columns.map(([, type], index) => `$${index + 1}::${type}`).join(', ')})`;
}

/** The SQLSTATE of a `checked` statement that found nothing: division by zero. */
export const UNMET = '22012';

/** The SQLSTATE of an INSERT whose key is taken. */
export const TAKEN = '23505';

/**
 * Makes it an error if `write` returns no row. Then later statements of the flight do not run, in particular the
 * COMMIT.
 */
export function checked(write: string): string {
  return `WITH written AS (${write}) SELECT 1 / count(*) AS one FROM written`;
}

/** For `insertSql`: the parameter, or the stamp if it is NULL. */
export const STAMPED = 'coalesce($$, now)';

/** The parameters for the two columns of a time. Throws INVALID_RECORD for the year 0, which PostgreSQL lacks. */
export function timeParams(time: Timestamp | undefined): [string | null, number | null] {
  if (time === undefined) return [null, null];
  if (time.startsWith('0000')) {
    throw new StorageError(
      'INVALID_RECORD',
      `Expected a time from the year 1 on, got ${time}. PostgreSQL has no year 0. Nothing was stored.`,
    );
  }
  return [time, digitsOf(time)];
}

const BEFORE_DIGITS = '2026-01-31T08:15:00.'.length;

function digitsOf(time: Timestamp): number {
  return time.length - BEFORE_DIGITS - 1;
}

/** The time in `row`, with the digits that the caller gave. The column must not be NULL. */
export function timeIn(row: Row, name: string): Timestamp {
  const micros = row[name] as string;
  const digits = row[`${name}_digits`] ?? null;
  return digits === null ? micros : `${micros.slice(0, BEFORE_DIGITS + Number(digits))}Z`;
}

/** `{ [name]: value }`, or `{}` for SQL's NULL: absent and null differ. */
export function optional<K extends string, T>(
  name: K,
  value: string | null | undefined,
  parse: (text: string) => T,
): { readonly [P in K]?: T } {
  return value === null || value === undefined ? {} : ({ [name]: parse(value) } as { [P in K]: T });
}

/** For `optional`. */
export const asText = (text: string): string => text;
