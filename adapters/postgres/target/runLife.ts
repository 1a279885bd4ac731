/**
 * Shows on a server that a run is alive. One session of the process that started the run's service holds an advisory
 * lock. Only the end of that process releases it, however it ends. A process that is stopped keeps it.
 */
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import { loadDriver } from '../driver.ts';
import { LIFE_KEY } from './runMark.ts';

/** How long to wait before a lost session is opened again, in milliseconds. */
const AGAIN_MS = 500;
const CONNECT_MS = 10_000;

/**
 * Only the end of its process ends the session, or a machine that has not answered for a minute. The lock is shared, so
 * that a new session can take it while the server has not noticed the end of the old one. The search for dead runs
 * requests the lock exclusively.
 */
const HOLD = `SET idle_session_timeout = 0; SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3`;

export class RunLife {
  readonly #url: string;
  readonly #run: string;
  readonly #ended = new AbortController();
  #client: Client | undefined;

  private constructor(url: string, run: string) {
    this.#url = url;
    this.#run = run;
  }

  /** Takes the lock. Rejects with the driver's error. */
  static async begin(url: string, run: string): Promise<RunLife> {
    const life = new RunLife(url, run);
    await life.#hold();
    return life;
  }

  /**
   * Runs a query on this session, because opening another would cost more than the query. Rejects with the driver's
   * error.
   */
  async ask<T>(question: (client: Client) => Promise<T>): Promise<T> {
    if (this.#client === undefined) throw new Error('expected a session, but it was lost');
    streamOf(this.#client).ref();
    try {
      return await question(this.#client);
    } finally {
      streamOf(this.#client).unref();
    }
  }

  /** Releases the lock. Never rejects. */
  async end(): Promise<void> {
    this.#ended.abort();
    const client = this.#client;
    if (client === undefined) return;
    streamOf(client).ref();
    await client.end().catch(() => undefined);
  }

  async #hold(): Promise<void> {
    const { Client } = await loadDriver();
    const client = new Client({
      connectionString: this.#url,
      application_name: `lockstep run ${this.#run}`.slice(0, 63),
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      // Sent in one flight. A run's id needs no quoting.
      await client.query(
        `${HOLD}; SELECT pg_advisory_lock_shared(${LIFE_KEY.replace('$1', `'${this.#run}'`)})`,
      );
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    this.#client = client;
    client.once('end', () => void this.#holdAgain());
    // The session must not keep its process alive.
    streamOf(client).unref();
  }

  /** Takes the lock again, because a fault may have struck the server or the network. Never rejects. */
  async #holdAgain(): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      try {
        await delay(AGAIN_MS, undefined, { ref: false, signal });
        await this.#hold();
        return;
      } catch {
        // It has ended or cannot be reached yet.
      }
    }
  }
}

/** A member of pg's Client that its types do not have. */
function streamOf(client: Client): Socket {
  return (client as unknown as { readonly connection: { readonly stream: Socket } }).connection.stream;
}
