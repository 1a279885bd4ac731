/**
 * Sets the state: adds missing triggers, waits for the refused writers, and ends the sessions of those that do not
 * stop.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import {
  accepts,
  isSameAuthority,
  notExpected,
  StorageError,
  type AuthoritySet,
  type AuthorityState,
} from '../../contract/index.ts';
import { authorityStatements, setSql, stateOf, triggerSql } from './authoritySql.ts';
import type { Connection } from '../connection/connection.ts';
import type { Connections } from '../connection/connections.ts';
import { loadDriver } from '../driver.ts';
import { sqlStateOf, translate } from '../errors.ts';
import type { Row } from '../sql/sql.ts';
import { refusedNames } from './writers.ts';

export interface Change {
  readonly connections: Connections;
  readonly expected: AuthorityState;
  readonly next: AuthorityState;
  readonly drainMs: number;
}

/**
 * How long sessions may take to end after they were told to, and how often to look for further ones, in milliseconds.
 */
const END_MS = 10_000;
const LOOK_MS = 50;
/** How long an attempt to add a trigger blocks other writers of its table: at first and at most, in milliseconds. */
const TRIGGER_WAIT_MS = 100;
const MAX_TRIGGER_WAIT_MS = 2_000;
/** PostgreSQL counts milliseconds in 31 bits. */
const MAX_MS = 2 ** 30;

/** Implements `set` of the contract's Authority. */
export async function setAuthority(change: Change): Promise<AuthoritySet> {
  const { connections, expected } = change;
  const connection = await connections.take(connections.patience);
  // The ender has its own connection, because the sections that it must end may have taken all of the pool.
  const ender = await Ender.open(connection, change);
  try {
    const stored = await read(connection, connections);
    // Compared first, so that a set that must fail neither waits for others nor adds triggers.
    if (!isSameAuthority(stored, expected)) throw notExpected(expected, stored);
    await putTriggers(connection, change, ender);
    await compareAndSet(connection, change, ender);
    return { ended: ender.count };
  } finally {
    await ender.close();
    connection.release();
  }
}

async function read(connection: Connection, { options }: Connections): Promise<AuthorityState> {
  const { rows } = await connection.run(authorityStatements(options.schema).get, []);
  return stateOf(rows[0]);
}

/**
 * Adds the triggers that are missing: on the first set, or after an interrupted one. Every later write is then judged.
 */
async function putTriggers(
  connection: Connection,
  { connections, next, drainMs }: Change,
  ender: Ender,
): Promise<void> {
  const { schema, idleInTransactionTimeoutMs } = connections.options;
  const { rows } = await connection.run(authorityStatements(schema).untriggered, []);
  const until = performance.now() + drainMs + idleInTransactionTimeoutMs + END_MS;
  for (const { name } of rows) {
    const table = name as string;
    // A writer that wrote before the trigger existed was not judged, and may have to be ended as well.
    const tables = accepts(next, undefined) ? [] : [table];
    await ender.whileWaiting({ names: [], tables }, () => putTrigger(connection, schema, table, until));
  }
}

async function putTrigger(
  connection: Connection,
  schema: string,
  table: string,
  until: number,
): Promise<void> {
  for (let waitMs = TRIGGER_WAIT_MS; ; waitMs = Math.min(2 * waitMs, MAX_TRIGGER_WAIT_MS)) {
    try {
      await connection.control(triggerSql(schema, table, waitMs));
      return;
    } catch (error) {
      // 55P03: the time-out. 40P01: a deadlock with a writer that waits behind the trigger.
      if (!['55P03', '40P01'].includes(sqlStateOf(error) ?? '') || performance.now() >= until)
        throw translate(error, 'read');
    }
    // During this pause other writers get through.
    await delay(waitMs * (0.5 + Math.random()));
  }
}

async function compareAndSet(connection: Connection, change: Change, ender: Ender): Promise<void> {
  const { connections, expected, next, drainMs } = change;
  const { options } = connections;
  const lockTimeoutMs = Math.min(drainMs + END_MS, MAX_MS);
  const statementTimeoutMs = lockTimeoutMs + options.statementTimeoutMs - options.lockTimeoutMs;
  const queryTimeoutMs = statementTimeoutMs + options.queryTimeoutMs - options.statementTimeoutMs;
  const refused = refusedNames(expected, next);
  const sql = setSql(options.schema, expected, next, { refused, lockTimeoutMs, statementTimeoutMs });
  let row: Row;
  try {
    const { rows } = await ender.whileWaiting({ names: refused, tables: [] }, () =>
      connection.control(sql, { queryTimeoutMs }),
    );
    row = rows[0] as Row;
  } catch (error) {
    if (sqlStateOf(error) === '55P03') throw undrained(error);
    throw translate(error, 'write');
  }
  if (row['changed'] !== 't') throw notExpected(expected, stateOf(row));
}

function undrained(cause: unknown): StorageError {
  return new StorageError(
    'UNAVAILABLE',
    'Expected every writer to end, but some went on though their sessions were told to end. Nothing was changed. Look for them in pg_locks, prepared transactions among them, and try again.',
    { cause },
  );
}

/** The writers to end: those with one of these names, and those that write to one of these tables. */
interface Writers {
  readonly names: readonly string[];
  readonly tables: readonly string[];
}

/** Ends the sessions that still write when `drainMs` is over. */
class Ender {
  readonly #client: Client;
  readonly #change: Change;
  readonly #from: number;
  readonly #ended = new Set<string>();

  private constructor(client: Client, change: Change) {
    this.#client = client;
    this.#change = change;
    this.#from = performance.now() + change.drainMs;
  }

  static async open(connection: Connection, change: Change): Promise<Ender> {
    const { Client } = await loadDriver();
    const { applicationName, connectTimeoutMs, queryTimeoutMs } = change.connections.options;
    const client = new Client({
      connectionString: connection.url,
      application_name: applicationName,
      connectionTimeoutMillis: connectTimeoutMs,
      query_timeout: queryTimeoutMs,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
    } catch (error) {
      connection.release();
      throw translate(error, 'connect');
    }
    return new Ender(client, change);
  }

  /** The number of sessions that were ended. */
  get count(): number {
    return this.#ended.size;
  }

  /**
   * Runs `action`, which waits for `writers`. Once `drainMs` is over, ends their sessions until `action` has settled.
   */
  async whileWaiting<T>(writers: Writers, action: () => Promise<T>): Promise<T> {
    const over = new AbortController();
    const ending = this.#end(writers, over.signal);
    try {
      return await action();
    } finally {
      over.abort();
      await ending;
    }
  }

  async close(): Promise<void> {
    await this.#client.end().catch(() => undefined);
  }

  /** Never rejects. If the sessions cannot be ended, the wait of `action` ends at its own bound. */
  async #end({ names, tables }: Writers, over: AbortSignal): Promise<void> {
    const { end } = authorityStatements(this.#change.connections.options.schema);
    let pauseMs = Math.max(0, this.#from - performance.now());
    while (await isStillOpen(over, pauseMs)) {
      const { rows } = await this.#client
        .query<{ readonly pid: number }>(end.text, [names, tables])
        .catch(() => ({ rows: [] }));
      for (const { pid } of rows) this.#ended.add(String(pid));
      pauseMs = LOOK_MS;
    }
  }
}

async function isStillOpen(over: AbortSignal, pauseMs: number): Promise<boolean> {
  await delay(Math.min(pauseMs, MAX_MS), undefined, { signal: over }).catch(() => undefined);
  return !over.aborted;
}
