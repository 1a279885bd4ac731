/** The adapter's connections: those in use, and how one is taken. */
import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { StorageError } from '../contract/index.ts';
import { Connection } from './connection.ts';
import { closed, translate } from './errors.ts';
import type { ResolvedOptions } from './options.ts';
import { Servers, type Reached } from './servers.ts';
import { check, waitFor, type Wait } from './wait.ts';

/** How long `close` waits for statements that run and for connections to end, in milliseconds. */
const CLOSE_TIMEOUT_MS = 2_000;

export class Connections {
  readonly options: ResolvedOptions;
  /** Aborted by `close`. */
  readonly ended: AbortSignal;
  readonly #servers: Servers;
  readonly #end: AbortController = new AbortController();
  readonly #taken = new Set<Connection>();
  #closing: Promise<void> | undefined;

  private constructor(options: ResolvedOptions, servers: Servers) {
    this.options = options;
    this.#servers = servers;
    this.ended = this.#end.signal;
    // Every wait listens; Node's warning about more than ten is about leaks, and they all leave.
    setMaxListeners(0, this.ended);
  }

  static async open(options: ResolvedOptions): Promise<Connections> {
    return new Connections(options, await Servers.open(options));
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
    const reached = await waitFor<Reached>(wait, (resolve, reject) => {
      let isUnwanted = false;
      this.#servers.connect().then(
        // Who has stopped waiting gives back what the pool hands over later.
        (found) => (isUnwanted ? found.client.release() : resolve(found)),
        (error: unknown) => reject(unreachable(error)),
      );
      return () => {
        isUnwanted = true;
      };
    });
    const connection = new Connection(reached, this.options, (returned) => this.#taken.delete(returned));
    this.#taken.add(connection);
    return connection;
  }

  /** Ends every connection, those of sections too, after the statement that runs; `last` may still take some. Bounded. */
  close(last?: () => Promise<void> | undefined): Promise<void> {
    this.#closing ??= this.#close(last);
    return this.#closing;
  }

  async #close(last: (() => Promise<void> | undefined) | undefined): Promise<void> {
    this.#end.abort();
    const taken = [...this.#taken];
    const timer = new AbortController();
    const bound = delay(CLOSE_TIMEOUT_MS, undefined, { signal: timer.signal }).catch(() => undefined);
    await Promise.race([Promise.all(taken.map((connection) => connection.idle())), bound]);
    for (const connection of taken) {
      connection.doubt();
      connection.release();
    }
    await Promise.race([last?.(), bound]);
    await Promise.race([this.#servers.end(), bound]);
    timer.abort();
  }
}

function unreachable(error: unknown): StorageError {
  const said = (error as Error | undefined)?.message || String((error as { code?: string }).code);
  return new StorageError(
    'UNAVAILABLE',
    `Expected a connection to PostgreSQL, but: ${said}. Nothing happened; try again.`,
    { cause: error },
  );
}
