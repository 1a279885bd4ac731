/** The adapter's pool. */
import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool, PoolClient, PoolConfig } from 'pg';
import { StorageError } from '../contract/index.ts';
import { Connection } from './connection.ts';
import { loadDriver } from './driver.ts';
import { closed, translate } from './errors.ts';
import type { ResolvedOptions } from './options.ts';
import { check, waitFor, type Wait } from './wait.ts';

/** How long `close` waits for statements that run and for connections to end, in milliseconds. */
const CLOSE_TIMEOUT_MS = 2_000;
/** Unused connections end after so long, in milliseconds. */
const IDLE_TIMEOUT_MS = 30_000;

/** Every value stays the text that the server sent. */
const AS_TEXT = { getTypeParser: () => (text: string) => text } as unknown as NonNullable<
  PoolConfig['types']
>;

export class Connections {
  readonly options: ResolvedOptions;
  /** Aborted by `close`. */
  readonly ended: AbortSignal;
  readonly #pool: Pool;
  readonly #end: AbortController = new AbortController();
  readonly #taken = new Set<Connection>();
  #closing: Promise<void> | undefined;

  private constructor(options: ResolvedOptions, pool: Pool) {
    this.options = options;
    this.#pool = pool;
    this.ended = this.#end.signal;
    // Every wait listens; Node's warning about more than ten is about leaks, and they all leave.
    setMaxListeners(0, this.ended);
  }

  static async open(options: ResolvedOptions): Promise<Connections> {
    const { Pool } = await loadDriver();
    const pool = new Pool({
      connectionString: options.connectionString,
      application_name: options.applicationName,
      max: options.max + 1,
      connectionTimeoutMillis: options.connectTimeoutMs,
      idleTimeoutMillis: IDLE_TIMEOUT_MS,
      query_timeout: options.queryTimeoutMs,
      types: AS_TEXT,
      // Without it a peer behind a black hole is noticed after hours.
      keepAlive: true,
      ...(options.preparedStatements ? settingsAtConnect(options) : {}),
    });
    // An idle connection may break at any time; a pool without this handler then ends the process.
    pool.on('error', () => undefined);
    return new Connections(options, pool);
  }

  /** A wait for a connection that nothing but `close` ends early. */
  get patience(): Wait {
    return {
      // The pool's own bound comes first.
      deadline: performance.now() + 2 * this.options.connectTimeoutMs,
      timedOut: () => translate(new Error('no connection became free'), 'read'),
      signals: [{ signal: this.ended, error: () => closed('instance') }],
    };
  }

  /** A connection, to be released by the caller. Errors: UNAVAILABLE, and those of `wait`. */
  async take(wait: Wait): Promise<Connection> {
    check(wait);
    const client = await waitFor<PoolClient>(wait, (resolve, reject) => {
      let isUnwanted = false;
      this.#pool.connect().then(
        // Who has stopped waiting gives back what the pool hands over later.
        (client) => (isUnwanted ? client.release() : resolve(client)),
        (error: unknown) => reject(unreachable(error)),
      );
      return () => {
        isUnwanted = true;
      };
    });
    const connection = new Connection(client, this.options, (returned) => this.#taken.delete(returned));
    this.#taken.add(connection);
    return connection;
  }

  /** Ends every connection, those of sections too, after the statement that runs. Bounded. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#end.abort();
    const taken = [...this.#taken];
    const timer = new AbortController();
    const bound = delay(CLOSE_TIMEOUT_MS, undefined, { signal: timer.signal }).catch(() => undefined);
    await Promise.race([Promise.all(taken.map((connection) => connection.idle())), bound]);
    for (const connection of taken) {
      connection.doubt();
      connection.release();
    }
    await Promise.race([this.#pool.end().catch(() => undefined), bound]);
    timer.abort();
  }
}

/**
 * Sent with the connection request, and so part of the connection: no SET has to be undone. Poolers refuse them.
 */
function settingsAtConnect(options: ResolvedOptions): Record<string, number | string> {
  return {
    // Every statement is fully parameterized and every filter has its index: planning it anew for each of its first
    // five values costs more than most of them save.
    options: '-c plan_cache_mode=force_generic_plan',
    statement_timeout: options.statementTimeoutMs,
    lock_timeout: options.lockTimeoutMs,
    idle_in_transaction_session_timeout: options.idleInTransactionTimeoutMs,
  };
}

function unreachable(error: unknown): StorageError {
  const said = (error as Error | undefined)?.message || String((error as { code?: string }).code);
  return new StorageError(
    'UNAVAILABLE',
    `Expected a connection to PostgreSQL, but: ${said}. Nothing happened; try again.`,
    { cause: error },
  );
}
