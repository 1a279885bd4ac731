/**
 * Applies the migrations to one schema.
 *
 * No library is used: the known ones keep the schema in the session's search_path, refuse a second concurrent runner
 * instead of waiting for it, or support only one schema per database.
 */
import { createHash } from 'node:crypto';
import { StorageError } from '../../contract/index.ts';
import type { Connection } from '../connection/connection.ts';
import { MIGRATIONS, type Migration } from './schema.ts';
import type { Statement } from '../sql/sql.ts';

/** The table that lists the applied migrations. */
export const MIGRATIONS_TABLE = 'lockstep_migrations';

export const createNotes: string = `CREATE TABLE IF NOT EXISTS ${MIGRATIONS_TABLE} (
    version integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp())`;

/** The statement that lists a migration as applied. */
export function noteOf(migration: Migration): string {
  const { version, name } = migration;
  return `INSERT INTO ${MIGRATIONS_TABLE} (version, name, checksum) VALUES (${version}, '${name}', '${checksumOf(migration)}')`;
}

const LOCK: Statement = {
  name: 'migrate.lock',
  kind: 'write',
  text: 'SELECT pg_advisory_xact_lock(hashtextextended($1::text COLLATE "C", 1))',
};

/**
 * Applies the missing migrations to `schema`, which must exist, inside the caller's transaction: all or none. Errors:
 * CONFLICT if a migration was changed after it had been applied.
 */
export async function migrate(connection: Connection, schema: string): Promise<void> {
  // Ends with the transaction. The files name no schema, so that they can also be applied by hand.
  await connection.control(`SET LOCAL search_path TO "${schema}", pg_catalog`);
  await connection.control(createNotes);
  const { rows } = await connection.control(`SELECT version, checksum FROM ${MIGRATIONS_TABLE}`);
  const applied = new Map(rows.map((row) => [Number(row['version']), row['checksum']]));
  const missing = MIGRATIONS.filter((migration) => !isApplied(migration, applied.get(migration.version)));
  if (missing.length === 0) return;
  // One text for all, because round trips add up: a namespace is created for each suite.
  await connection.control(missing.flatMap((one) => [one.sql, noteOf(one)]).join(';\n'));
}

/** Makes every other migration of `schema` wait until the caller's transaction has ended. */
export async function lockMigrations(connection: Connection, schema: string): Promise<void> {
  await connection.run(LOCK, [schema]);
}

/** Throws CONFLICT if it was applied with another text. */
export function isApplied(migration: Migration, checksum: string | null | undefined): boolean {
  if (checksum === undefined) return false;
  if (checksum === checksumOf(migration)) return true;
  throw new StorageError(
    'CONFLICT',
    `Expected migration ${migration.name} as it was applied, but the file was changed since. Write a new migration instead.`,
  );
}

export function checksumOf(migration: Pick<Migration, 'sql'>): string {
  return createHash('sha256').update(migration.sql).digest('hex');
}
