/** A table of a variant's own, among those of the namespace. */
const FIRST_TABLE = 'CREATE TABLE IF NOT EXISTS lockstep_migrations';

/** `sql`; where it makes the namespace's first table, `table` is made before it. */
export function withTable(sql: string, table: string): string {
  return sql.trimStart().startsWith(FIRST_TABLE) ? `${table}; ${sql}` : sql;
}
