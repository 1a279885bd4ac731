/**
 * Checks that the tables and indexes of this version exist, and that every index is valid. It reads PostgreSQL's
 * catalogs, because migrations may have been applied by hand, without being listed.
 */
import type { SchemaState, StorageSchema } from '../../contract/index.ts';
import { checksumOf, MIGRATIONS_TABLE } from './migrate.ts';
import { MIGRATIONS, type Migration } from './schema.ts';
import { qualified, type Row, type Session, type Statement } from '../sql/sql.ts';

/** Tables and indexes by name, and columns as `table.column`. */
const OBJECTS: Statement = {
  name: 'schema.objects',
  kind: 'read',
  text: `SELECT c.relname AS name, c.relkind AS kind, i.indisvalid AND i.indisready AS valid
      FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid
      WHERE c.relnamespace = to_regnamespace(quote_ident($1::text)) AND c.relkind IN ('r', 'p', 'i', 'I')
    UNION ALL
    SELECT c.relname || '.' || a.attname, 'column', NULL
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
      WHERE c.relnamespace = to_regnamespace(quote_ident($1::text)) AND c.relkind IN ('r', 'p')
        AND a.attnum > 0 AND NOT a.attisdropped`,
};

export function createSchema(schema: string, session: Session): StorageSchema {
  const applied: Statement = {
    name: 'schema.applied',
    kind: 'read',
    text: `SELECT version, name, checksum FROM ${qualified(schema, MIGRATIONS_TABLE)} ORDER BY version`,
  };
  return {
    check: () =>
      session.read(async () => {
        const { rows } = await session.run(OBJECTS, [schema]);
        const isNoted = rows.some(({ name }) => name === MIGRATIONS_TABLE);
        const noted = isNoted ? (await session.run(applied, [])).rows : [];
        return stateOf(rows, noted);
      }),
  };
}

function stateOf(objects: readonly Row[], noted: readonly Row[]): SchemaState {
  const names = new Set(objects.map(({ name }) => name));
  const indexes = objects.filter(({ kind }) => kind === 'i' || kind === 'I');
  return {
    missing: MIGRATIONS.filter((migration) => objectsOf(migration).some((name) => !names.has(name))).map(
      ({ name }) => name,
    ),
    unknown: noted.flatMap(({ version, name, checksum }) => {
      const known = MIGRATIONS.find((migration) => migration.version === Number(version));
      if (known === undefined) return [String(name)];
      return checksumOf(known) === checksum ? [] : [`${name} (with another text)`];
    }),
    invalid: indexes.filter(({ valid }) => valid !== 't').map(({ name }) => String(name)),
    indexes: indexes.length,
  };
}

const CREATE = /\bCREATE (?:TABLE|(?:UNIQUE )?INDEX(?: CONCURRENTLY)?) (?:IF NOT EXISTS )?(\w+)/gi;
const ALTER = /\bALTER TABLE (?:IF EXISTS )?(\w+)([^;]*)/gi;
const ADD = /\bADD COLUMN (?:IF NOT EXISTS )?(\w+)/gi;

/** What a migration creates: tables, indexes, and columns of existing tables. */
export function objectsOf({ sql }: Pick<Migration, 'sql'>): string[] {
  const text = sql.replaceAll(/--.*$/gm, '');
  const made = [...text.matchAll(CREATE)].map(([, name]) => String(name));
  const added = [...text.matchAll(ALTER)].flatMap(([, table, changes = '']) =>
    [...changes.matchAll(ADD)].map(([, column]) => `${table}.${column}`),
  );
  return [...made, ...added];
}
