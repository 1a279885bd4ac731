/**
 * Brings the tables of a storage in use up to this version. A migration waits only briefly for each lock, because all
 * later statements would wait behind it; then it tries again. Existing objects are not created again, so an upgrade can
 * be interrupted and repeated at any time.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { StorageError } from '../../contract/index.ts';
import { defined } from '../../contract/defined.ts';
import type { Connection } from '../connection/connection.ts';
import { Connections } from '../connection/connections.ts';
import { sqlStateOf, translate } from '../errors.ts';
import { createNotes, isApplied, MIGRATIONS_TABLE, noteOf } from './migrate.ts';
import { resolveOptions, type PostgresOptions } from '../options.ts';
import { MIGRATIONS, type Migration } from './schema.ts';
import { objectsOf } from './schemaState.ts';

export interface UpgradeOptions extends PostgresOptions {
  /** How long to try, in milliseconds. Default 300,000. */
  readonly patienceMs?: number;
  /** Default: those of this version. */
  readonly migrations?: readonly Migration[];
}

const PATIENCE_MS = 300_000;
/** How long one attempt waits for a lock: at first and at most, in milliseconds. */
const WAIT_MS = 100;
const MAX_WAIT_MS = 2_000;
/** The pause between two checks whether another runner has ended, in milliseconds. */
const LOOK_MS = 100;
/** 55P03: the time-out. 40P01: a deadlock with a writer that waits behind the migration. */
const AGAIN: readonly (string | undefined)[] = ['55P03', '40P01'];

/**
 * Applies the missing migrations to the schema, which must exist. Concurrent calls run one after another. Resolves with
 * the names of the migrations that it applied.
 * Errors: CONFLICT (a migration was changed after it had been applied), UNAVAILABLE (not finished within `patienceMs`;
 * applied migrations stay), TypeError for wrong options.
 */
export async function upgradeSchema({
  patienceMs = PATIENCE_MS,
  migrations = MIGRATIONS,
  ...options
}: UpgradeOptions): Promise<readonly string[]> {
  const connections = await Connections.open(resolveOptions(options));
  const until = performance.now() + patienceMs;
  const connection = await connections.take(connections.patience);
  try {
    return await new Upgrade(connection, options.schema, until).run(migrations);
  } catch (error) {
    throw translate(error, 'write');
  } finally {
    // Closing the session removes its settings and its lock.
    connection.doubt();
    connection.release();
    await connections.close();
  }
}

class Upgrade {
  readonly #connection: Connection;
  readonly #schema: string;
  readonly #until: number;

  constructor(connection: Connection, schema: string, until: number) {
    this.#connection = connection;
    this.#schema = schema;
    this.#until = until;
  }

  async run(migrations: readonly Migration[]): Promise<readonly string[]> {
    await this.#connection.control(`SET search_path TO "${this.#schema}", pg_catalog`);
    await this.#waitForOthers();
    const applied = await this.#notes(migrations);
    const missing = migrations.filter((one) => !isApplied(one, applied.get(one.version)));
    for (const migration of missing) await this.#apply(migration);
    return missing.map(({ name }) => name);
  }

  /**
   * Asks repeatedly instead of waiting in a statement: such a statement has a snapshot, and an index build would wait
   * for it.
   */
  async #waitForOthers(): Promise<void> {
    const ask = `SELECT pg_try_advisory_lock(hashtextextended('${this.#schema}' COLLATE "C", 1)) AS mine`;
    while ((await this.#connection.control(ask)).rows[0]?.['mine'] !== 't') {
      this.#checkTime('another runner to end');
      await delay(LOOK_MS);
    }
  }

  /** The applied migrations by number. If they were applied by hand, the existing tables tell. */
  async #notes(migrations: readonly Migration[]): Promise<ReadonlyMap<number, string | null | undefined>> {
    const known = await this.#connection.control(`SELECT to_regclass('${MIGRATIONS_TABLE}') AS notes`);
    if (known.rows[0]?.['notes'] === null) {
      const there = await this.#objects();
      const byHand = migrations.filter((one) => objectsOf(one).every((name) => there.has(name)));
      const noted = byHand.map(noteOf).join('; ');
      await this.#connection.control(`BEGIN; ${createNotes}; ${noted === '' ? 'SELECT 1' : noted}; COMMIT`);
    }
    const { rows } = await this.#connection.control(`SELECT version, checksum FROM ${MIGRATIONS_TABLE}`);
    return new Map(rows.map((row) => [Number(row['version']), row['checksum']]));
  }

  /** Tables and indexes by name, and columns as `table.column`. */
  async #objects(): Promise<ReadonlySet<string>> {
    const { rows } = await this.#connection.control(`SELECT relname AS name FROM pg_class
        WHERE relnamespace = '"${this.#schema}"'::regnamespace
      UNION ALL SELECT relname || '.' || attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = '"${this.#schema}"'::regnamespace AND attnum > 0 AND NOT attisdropped`);
    return new Set(rows.map(({ name }) => String(name)));
  }

  async #apply(migration: Migration): Promise<void> {
    const indexes = concurrentIndexes(migration);
    if (indexes.length === 0) return this.#again(migration, [migration.sql, noteOf(migration)]);
    for (const index of indexes) await this.#build(migration, index);
    return this.#again(migration, [noteOf(migration)]);
  }

  /** Applies it in one transaction, all or nothing. */
  async #again(migration: Migration, texts: readonly string[]): Promise<void> {
    for (let waitMs = WAIT_MS; ; waitMs = Math.min(2 * waitMs, MAX_WAIT_MS)) {
      try {
        await this.#connection.control(
          ['BEGIN', `SET LOCAL lock_timeout = ${waitMs}`, ...texts, 'COMMIT'].join(';\n'),
        );
        return;
      } catch (error) {
        await this.#connection.control('ROLLBACK');
        if (!AGAIN.includes(sqlStateOf(error))) throw error;
        this.#checkTime(`the locks of migration ${migration.name}`, error);
      }
      // During this pause other writers get through.
      await delay(waitMs * (0.5 + Math.random()));
    }
  }

  /**
   * Builds one index without blocking writers, outside of a transaction. An index whose build was interrupted is unused
   * and slows writes down, so it is dropped and built again.
   */
  async #build(migration: Migration, { name, sql }: ConcurrentIndex): Promise<void> {
    for (;;) {
      const { rows } = await this.#connection.control(
        `SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass('${name}')`,
      );
      if (rows[0]?.['valid'] === 't') return;
      this.#checkTime(`index ${name} of migration ${migration.name} to be built`);
      // The build waits for earlier transactions, but blocks nobody.
      const waitMs = Math.ceil(this.#until - performance.now());
      await this.#connection.control(`SET lock_timeout = ${waitMs}`);
      await this.#connection.control(`SET statement_timeout = ${waitMs}`);
      const bound = { queryTimeoutMs: waitMs + LOOK_MS };
      if (rows[0] !== undefined) await this.#connection.control(`DROP INDEX CONCURRENTLY ${name}`, bound);
      await this.#connection.control(sql, bound).catch((error: unknown) => {
        if (![...AGAIN, '57014'].includes(sqlStateOf(error))) throw error;
      });
    }
  }

  #checkTime(what: string, cause?: unknown): void {
    if (performance.now() < this.#until) return;
    throw new StorageError(
      'UNAVAILABLE',
      `Expected ${what} in time. What was applied stays; look in pg_locks for who holds on, and run it again.`,
      defined({ cause }),
    );
  }
}

interface ConcurrentIndex {
  readonly name: string;
  readonly sql: string;
}

/** The indexes of a migration that contains nothing else. Each is built on its own. */
function concurrentIndexes({ sql }: Pick<Migration, 'sql'>): ConcurrentIndex[] {
  const statements = sql
    .replaceAll(/--.*$/gm, '')
    .split(';')
    .map((text) => text.trim())
    .filter((text) => text !== '');
  const found = statements.flatMap((text) => {
    const name = /^CREATE (?:UNIQUE )?INDEX CONCURRENTLY (\w+)/i.exec(text)?.[1];
    return name === undefined ? [] : [{ name, sql: text }];
  });
  if (found.length === 0 || found.length === statements.length) return found;
  throw new TypeError('Expected a migration that builds an index CONCURRENTLY to do nothing else.');
}
