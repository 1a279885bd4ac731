/** The adapter's pools: one for each server that it was given, of which the primary's alone is used. */
import type { ClientBase, Pool, PoolClient, PoolConfig, QueryConfig } from 'pg';
import { loadDriver } from '../driver.ts';
import type { ResolvedOptions } from '../options.ts';

/** Unused connections end after so long, in milliseconds. */
const IDLE_TIMEOUT_MS = 30_000;

/** Settings of every session that no option of the adapter changes: PostgreSQL manual, "Client Connection Defaults". */
const SESSION_SETTINGS: Readonly<Record<string, string>> = {
  // Every statement is fully parameterized and every filter has its index: planning it anew for each of its first
  // five values costs more than most of them save.
  plan_cache_mode: 'force_generic_plan',
  // The lock of a process that was killed while its statement waited would stay until that statement ends.
  client_connection_check_interval: '1s',
  // And that of one whose machine or network went away, until the kernel's two hours are over.
  tcp_keepalives_idle: '5',
  tcp_keepalives_interval: '2',
  tcp_keepalives_count: '3',
};

/** Every value stays the text that the server sent. */
const AS_TEXT = { getTypeParser: () => (text: string) => text } as unknown as NonNullable<
  PoolConfig['types']
>;

/** What pg knows and its types do not say. */
type Query = QueryConfig & { readonly query_timeout: number };
/** The pool waits for its hook. */
type Config = Omit<PoolConfig, 'onConnect'> & { readonly onConnect: (client: ClientBase) => Promise<void> };

/** A connection of a primary, and the URL of that server. */
export interface Reached {
  readonly client: PoolClient;
  readonly url: string;
}

interface Server {
  readonly url: string;
  readonly pool: Pool;
}

export class Servers {
  readonly #pools: readonly Server[];
  /** Which of them was the primary when somebody last looked. */
  #primary = 0;

  private constructor(pools: readonly Server[]) {
    this.#pools = pools;
  }

  static async open(options: ResolvedOptions): Promise<Servers> {
    const { Pool } = await loadDriver();
    const pools = [options.connectionString].flat().map((url) => {
      const config: Config = {
        connectionString: url,
        application_name: options.applicationName,
        max: options.max + 1,
        connectionTimeoutMillis: options.connectTimeoutMs,
        idleTimeoutMillis: IDLE_TIMEOUT_MS,
        query_timeout: options.queryTimeoutMs,
        types: AS_TEXT,
        // Without it a peer behind a black hole is noticed after hours.
        keepAlive: true,
        onConnect: refusingReplicas(options),
        ...(options.preparedStatements ? settingsAtConnect(options) : {}),
      };
      const pool = new Pool(config);
      // An idle connection may break at any time; a pool without this handler then ends the process.
      pool.on('error', () => undefined);
      return { url, pool };
    });
    return new Servers(pools);
  }

  /** A connection of the primary. Rejects with the driver's error, or that of the last server that was tried. */
  async connect(): Promise<Reached> {
    let failure: unknown;
    for (const _ of this.#pools) {
      const at = this.#primary;
      const { url, pool } = this.#pools[at] as Server;
      try {
        return { client: await pool.connect(), url };
      } catch (error) {
        failure = error;
        // Unless somebody else has gone on already.
        if (this.#primary === at) this.#primary = (at + 1) % this.#pools.length;
      }
    }
    throw failure;
  }

  /** Never rejects. */
  async end(): Promise<void> {
    await Promise.allSettled(this.#pools.map(({ pool }) => pool.end()));
  }
}

/**
 * On a replica locks can be taken too, and exclude nobody who works on the primary; and what it shows may be of a
 * while ago. A URL that has led to the primary leads to a replica after a failover, so every connection is asked.
 */
function refusingReplicas({ connectTimeoutMs }: ResolvedOptions): Config['onConnect'] {
  const query: Query = {
    text: 'SELECT pg_is_in_recovery() AS replica',
    // It is a part of connecting.
    query_timeout: connectTimeoutMs,
  };
  return async (client) => {
    const { rows } = await client.query<{ replica: string }>(query);
    if (rows[0]?.replica !== 'f') throw new Error('this server is a read-only replica');
  };
}

/**
 * Sent with the connection request, and so part of the connection: no SET has to be undone. Poolers refuse them.
 */
export function settingsAtConnect(options: ResolvedOptions): Record<string, number | string> {
  return {
    options: Object.entries(SESSION_SETTINGS)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
    statement_timeout: options.statementTimeoutMs,
    lock_timeout: options.lockTimeoutMs,
    idle_in_transaction_session_timeout: options.idleInTransactionTimeoutMs,
  };
}
