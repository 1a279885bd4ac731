/** The adapter's pools: one per server. Only the primary's pool is used. */
import type { ClientBase, Pool, PoolClient, PoolConfig, QueryConfig } from 'pg';
import { loadDriver } from '../driver.ts';
import type { ResolvedOptions } from '../options.ts';

/** Unused connections are closed after this many milliseconds. */
const IDLE_TIMEOUT_MS = 30_000;

/** Session settings that no option of the adapter changes: PostgreSQL manual, "Client Connection Defaults". */
const SESSION_SETTINGS: Readonly<Record<string, string>> = {
  // Every statement is fully parameterized and every filter has an index. So planning each of the first five executions
  // anew costs more than most of these plans save.
  plan_cache_mode: 'force_generic_plan',
  // If a process is killed while its statement waits, its lock would otherwise remain until that statement ends.
  client_connection_check_interval: '1s',
  // The same for a process whose machine or network disappeared; the kernel's default is two hours.
  tcp_keepalives_idle: '5',
  tcp_keepalives_interval: '2',
  tcp_keepalives_count: '3',
};

/** Every value stays the text that the server sent. */
const AS_TEXT = { getTypeParser: () => (text: string) => text } as unknown as NonNullable<
  PoolConfig['types']
>;

/** An option that pg has and its types lack. */
type Query = QueryConfig & { readonly query_timeout: number };
/** The pool waits for the hook `onConnect`. */
type Config = Omit<PoolConfig, 'onConnect'> & { readonly onConnect: (client: ClientBase) => Promise<void> };

/** A connection to a primary, and the URL of that server. */
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
  /** The index of the server that was the primary when it was last checked. */
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
        // Without it, an unreachable peer would be noticed only after hours.
        keepAlive: true,
        onConnect: refusingReplicas(options),
        ...(options.preparedStatements ? settingsAtConnect(options) : {}),
      };
      const pool = new Pool(config);
      // An idle connection may break at any time. Without this handler that would end the process.
      pool.on('error', () => undefined);
      return { url, pool };
    });
    return new Servers(pools);
  }

  /** Whether `connect` returns an idle connection: no other caller waits for it, and none has to be made. */
  get hasFree(): boolean {
    const { pool } = this.#pools[this.#primary] as Server;
    return pool.idleCount > pool.waitingCount;
  }

  /** Connects to the primary. Rejects with the driver's error for the last server that was tried. */
  async connect(): Promise<Reached> {
    let failure: unknown;
    for (const _ of this.#pools) {
      const at = this.#primary;
      const { url, pool } = this.#pools[at] as Server;
      try {
        return { client: await pool.connect(), url };
      } catch (error) {
        failure = error;
        // Unless another caller has already moved on.
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
 * Rejects connections to replicas. A lock can be taken on a replica too, but it excludes nobody on the primary, and the
 * replica may show old data. After a failover, a URL of the primary may lead to a replica, so every connection is
 * checked.
 */
function refusingReplicas({ connectTimeoutMs }: ResolvedOptions): Config['onConnect'] {
  const query: Query = {
    text: 'SELECT pg_is_in_recovery() AS replica',
    // The check is part of connecting, so it has the same time-out.
    query_timeout: connectTimeoutMs,
  };
  return async (client) => {
    const { rows } = await client.query<{ replica: string }>(query);
    if (rows[0]?.replica !== 'f') throw new Error('this server is a read-only replica');
  };
}

/**
 * Settings that are sent with the connection request. They belong to the connection, so no SET has to be undone.
 * Poolers refuse them.
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
