/** Another lock in place of the advisory lock of a section. */
import { withTable } from './extraTable.ts';

/** The lock's call with its key, which begins with the schema. */
const LOCK =
  /SELECT pg_advisory_xact_lock\(hashtextextended\((\('([a-z0-9_]+):' \|\| \$1::text\)) COLLATE "C", 0\)\)/;

/** The table is one of the namespace's; its keys have one length, since an index holds no long ones. */
const ROW_TABLE = `CREATE TABLE IF NOT EXISTS lock_rows (
    key bytea PRIMARY KEY, grants bigint NOT NULL DEFAULT 0)`;

/** `sql` with `lock(schema, key)` for the advisory lock; `key` begins with the schema and a colon. */
export function withOtherLock(sql: string, lock: (schema: string, key: string) => string): string {
  return sql.replace(LOCK, (_, key: string, schema: string) => lock(schema, key));
}

/** `sql` with `lock(table, key)` for the advisory lock, and the table among the others. */
export function withLockRows(sql: string, lock: (table: string, key: string) => string): string {
  return withOtherLock(withTable(sql, ROW_TABLE), (schema, key) =>
    lock(`"${schema}".lock_rows`, `sha256(convert_to(${key}, 'UTF8'))`),
  );
}
