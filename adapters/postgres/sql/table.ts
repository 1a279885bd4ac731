/** Tables of records: the parts that the statements of their stores share. */
import { qualified, selectList, type Column, type Row } from './sql.ts';

export interface Table<T> {
  /** `"schema".name`. */
  readonly table: string;
  readonly columns: readonly Column[];
  /** The list to select or to return for a record. */
  readonly selected: string;
  readonly fromRow: (row: Row) => T;
}

/** The table with this name in a schema. */
export function describeTable<T>(
  name: string,
  columns: readonly Column[],
  fromRow: (row: Row) => T,
): (schema: string) => Table<T> {
  const selected = selectList(columns);
  return (schema) => ({ table: qualified(schema, name), columns, selected, fromRow });
}

/** The record in `rows`, the answer to a statement that finds or writes at most one. */
export function recordIn<T>({ fromRow }: Table<T>, rows: readonly Row[]): T | undefined {
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}
