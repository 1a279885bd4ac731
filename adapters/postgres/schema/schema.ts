/** The tables as SQL text, from the numbered migration files. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Migration {
  readonly version: number;
  /** The file's name, `001_streams_and_users.sql`. */
  readonly name: string;
  readonly sql: string;
}

const directory = join(dirname(fileURLToPath(import.meta.url)), '..', 'migrations');

/** In the order in which they are applied. */
export const MIGRATIONS: readonly Migration[] = readdirSync(directory)
  .filter((name) => name.endsWith('.sql'))
  .sort()
  .map((name) => ({
    version: Number(name.slice(0, 3)),
    name,
    sql: readFileSync(join(directory, name), 'utf8'),
  }));

/** The whole schema, for applying it with your own tools. Names are unqualified: set a search_path. */
export const POSTGRES_SCHEMA: string = MIGRATIONS.map(({ name, sql }) => `-- ${name}\n${sql}`).join('\n');
