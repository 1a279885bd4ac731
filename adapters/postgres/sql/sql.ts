/** Statements, their parameters and rows. Everything travels as text: no type parser cuts or rounds anything. */
import { StorageError, type Timestamp } from '../../contract/index.ts';

/** One statement. All SQL names the schema, so that no connection needs a search_path. */
export interface Statement {
  /** Names it where it is prepared: unique within an adapter. */
  readonly name: string;
  readonly text: string;
  /** What a connection lost meanwhile means. */
  readonly kind: 'read' | 'write';
}

export type Param = string | number | null | readonly string[];
export type Row = Readonly<Record<string, string | null>>;

export interface Result {
  readonly rows: readonly Row[];
  /** How many rows were read, written or deleted. */
  readonly count: number;
  /** The command tag: a COMMIT of a failed transaction answers ROLLBACK. */
  readonly command: string;
}

/** A statement with its parameters. */
export interface Asked {
  readonly statement: Statement;
  readonly params: readonly Param[];
  /** The error that says that the statement has found nothing to do. */
  readonly unmet?: () => StorageError;
  /** The SQLSTATE that the database says it with. Default: that of a statement that is `checked`. */
  readonly unmetState?: string;
  /** Called when it has succeeded, and its whole flight with it. */
  readonly onMet?: () => void;
}

/** A write whose answer is known before it is sent. Errors name what it was to write. */
export interface Buffered extends Asked {
  readonly unmet: () => StorageError;
  readonly surface: string;
  readonly id: string;
}

/** How a section's writes wait until something must follow them, or its COMMIT. */
export interface Buffer {
  /** The time of what is stamped: that of the storage, after the lock was granted. */
  readonly now: Timestamp;
  /** The time of an event that is stamped; undefined: of this stream only the database knows it. */
  eventTime(streamId: string | undefined): Timestamp | undefined;
  add(write: Buffered): void;
}

/** How the stores of an instance, or of a section's view, reach the database. */
export interface Session {
  /** Absent where every write is sent at once. */
  readonly buffer?: Buffer | undefined;
  /** Runs `action`, which may read. Rejects with CLOSED after the session's end, with StorageErrors only. */
  read<R>(action: () => Promise<R>): Promise<R>;
  /** As `read`; within a section an error also dooms the section. */
  write<R>(action: () => Promise<R>): Promise<R>;
  run(statement: Statement, params: readonly Param[]): Promise<Result>;
}

/** A column with the type that its parameter is cast to. */
export type Column = readonly [name: string, type: string];

/** The two columns of a time: the moment, and how many digits the caller gave. */
export function timeColumns(name: string): Column[] {
  return [
    [name, 'timestamptz'],
    [`${name}_digits`, 'smallint'],
  ];
}

/** What to select for `columns`. */
export function selectList(columns: readonly Column[]): string {
  return columns
    .map(([name, type]) => (type === 'timestamptz' ? `${timeText(name)} AS ${name}` : name))
    .join(', ');
}

/** A time as it leaves the database: as text, since a JavaScript Date cuts microseconds. */
export function timeText(time: string): string {
  return `to_char(${time} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}

/** The row that `params` make of `columns`, as it would be read again. */
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
 * An INSERT of one row with a parameter a column. Stamped columns take the time `now` when their parameter is
 * NULL: it is read once, so the times of a row agree, and by clock_timestamp(), since now() stands still from
 * BEGIN on, before the wait for the lock. Nothing is inserted unless the statement `guard`, run as a part of this one,
 * gives a row.
 */
export function insertSql(
  table: string,
  columns: readonly Column[],
  overrides: Readonly<Record<string, string>> = {},
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

/** An INSERT of one row with a parameter a column, all of which are given. */
export function plainInsertSql(table: string, columns: readonly Column[]): string {
  return `INSERT INTO ${table} AS stored (${columns.map(([name]) => name).join(', ')})
    VALUES (${columns.map(([, type], index) => `$${index + 1}::${type}`).join(', ')})`;
}

/** The SQLSTATE of a `checked` statement that has found nothing: division by zero. */
export const UNMET = '22012';

/** The SQLSTATE of an INSERT whose key is taken. */
export const TAKEN = '23505';

/**
 * `write`, which must return a row: where none comes it is an error. So whatever is sent behind it, in the same flight, does
 * not run: a COMMIT, first of all.
 */
export function checked(write: string): string {
  return `WITH written AS (${write}) SELECT 1 / count(*) AS one FROM written`;
}

/** For `insertSql`: the parameter, or the stamp when it is NULL. */
export const STAMPED = 'coalesce($$, now)';

/** The parameters of the two columns of a time. Throws INVALID_RECORD for the year 0, which PostgreSQL lacks. */
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

/** `{ [name]: value }`, or nothing for SQL's NULL: absent and null differ. */
export function optional<K extends string, T>(
  name: K,
  value: string | null | undefined,
  parse: (text: string) => T,
): { readonly [P in K]?: T } {
  return value === null || value === undefined ? {} : ({ [name]: parse(value) } as { [P in K]: T });
}

/** For `optional`. */
export const asText = (text: string): string => text;
