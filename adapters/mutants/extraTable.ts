/** Adds a table of a variant to those of the namespace. */
const FIRST_TABLE = 'CREATE TABLE IF NOT EXISTS lockstep_migrations';

/** `sql`, with `table` created before the first table of the namespace. */
export function withTable(sql: string, table: string): string {
  return sql.trimStart().startsWith(FIRST_TABLE) ? `${table}; ${sql}` : sql;
}
