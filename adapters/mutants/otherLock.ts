/** Replaces the advisory lock of a section by another lock. */
import { withTable } from './extraTable.ts';

/** The call of the lock, with its key, which begins with the schema. */
const LOCK =
  /SELECT pg_advisory_xact_lock\(hashtextextended\((\('([a-z0-9_]+):' \|\| \$1::text\)) COLLATE "C", 0\)\)/;

/** A table of the namespace. Its keys have a fixed length, because an index cannot hold long ones. */
const ROW_TABLE = `CREATE TABLE IF NOT EXISTS lock_rows (
    key bytea PRIMARY KEY, grants bigint NOT NULL DEFAULT 0)`;

/** `sql` with `lock(schema, key)` instead of the advisory lock. `key` begins with the schema and a colon. */
export function withOtherLock(sql: string, lock: (schema: string, key: string) => string): string {
  return sql.replace(LOCK, (_, key: string, schema: string) => lock(schema, key));
}

/** `sql` with `lock(table, key)` instead of the advisory lock, and with the table created. */
export function withLockRows(sql: string, lock: (table: string, key: string) => string): string {
  return withOtherLock(withTable(sql, ROW_TABLE), (schema, key) =>
    lock(`"${schema}".lock_rows`, `sha256(convert_to(${key}, 'UTF8'))`),
  );
}
