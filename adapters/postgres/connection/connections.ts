/** The adapter's connections: which are in use, and how a caller takes one. */
import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { StorageError, type Writer } from '../../contract/index.ts';
import { closed } from '../../contract/rules/refusals.ts';
import { Connection } from './connection.ts';
import { writeAs } from '../authority/authoritySql.ts';
import { translate } from '../errors.ts';
import type { ResolvedOptions } from '../options.ts';
import { Queues } from './queue.ts';
import { Servers, type Reached } from './servers.ts';
import type { Asked } from '../sql/sql.ts';
import { check, waitFor, type Wait } from './wait.ts';
import { writerText } from '../authority/writers.ts';

/** How long `close` waits for running statements and for connections to end, in milliseconds. */
const CLOSE_TIMEOUT_MS = 2_000;

/** Limits how many sections run: one per stream, and `max` in total. */
interface SectionQueues {
  readonly byStream: Queues;
  readonly all: Queues;
}

/** The connections of an instance for one writer: those of the instance that opened it, and the writer. */
interface Part {
  readonly whole: Connections;
  readonly writer: Writer;
}

export class Connections {
  readonly options: ResolvedOptions;
  /** Aborted by `close`. */
  readonly ended: AbortSignal;
  /** The same object for an instance and for the instances that it opened for single writers. */
  readonly instance: object;
  readonly queues: SectionQueues;
  /**
   * Statements that mark a transaction as this writer's, if the storage accepts it. Empty for writers without an epoch.
   */
  readonly writeAs: readonly Asked[];
  readonly #servers: Servers;
  readonly #part: Part | undefined;
  readonly #end: AbortController = new AbortController();
  readonly #taken = new Set<Connection>();
  /** The sets that a connection is in while it is taken. Closing this part, or its whole, closes the connection. */
  readonly #holders: readonly Set<Connection>[];
  readonly #writerText: string;
  #closing: Promise<void> | undefined;

  private constructor(options: ResolvedOptions, servers: Servers, part?: Part) {
    this.options = options;
    this.#servers = servers;
    this.#part = part;
    this.#holders = [this.#taken, ...(part === undefined ? [] : [part.whole.#taken])];
    this.#writerText = writerText(part?.writer);
    this.instance = part?.whole.instance ?? this;
    this.queues = part?.whole.queues ?? {
      byStream: new Queues(1, maxAhead(options)),
      all: new Queues(options.max),
    };
    this.writeAs = part === undefined ? [] : [writeAs(options.schema, part.writer)];
    const { signal } = this.#end;
    this.ended = part === undefined ? signal : AbortSignal.any([part.whole.ended, signal]);
    // Every wait listens. Node's warning about more than ten listeners is about leaks, and these are all removed.
    setMaxListeners(0, this.ended);
  }

  static async open(options: ResolvedOptions): Promise<Connections> {
    return new Connections(options, await Servers.open(options));
  }

  /** The writer that these connections write for. Undefined: a writer without an epoch. */
  get writer(): Writer | undefined {
    return this.#part?.writer;
  }

  /** The same connections, for a writer. Errors: UNSUPPORTED. */
  for(writer: Writer): Connections {
    if (!this.options.preparedStatements) throw unmarkable();
    const whole = this.#part?.whole ?? this;
    return new Connections(this.options, this.#servers, { whole, writer });
  }

  /** A wait for a connection that only `close` ends early. */
  get patience(): Wait {
    return {
      // The pool's own time-out comes first.
      deadline: performance.now() + 2 * this.options.connectTimeoutMs,
      timedOut: () => translate(new Error('no connection became free'), 'read'),
      signals: [{ signal: this.ended, error: () => closed('instance') }],
    };
  }

  /**
   * Takes a connection that is marked with this writer. The caller releases it. Errors: UNAVAILABLE, and those of
   * `wait`.
   */
  async take(wait: Wait): Promise<Connection> {
    check(wait);
    const reached = await (this.#servers.hasFree ? this.#connect() : this.#waitToConnect(wait));
    const connection = new Connection(reached, this.options, this.#holders);
    try {
      check(wait);
      if (!connection.writesFor(this.#writerText)) await this.#mark(connection);
      return connection;
    } catch (error) {
      connection.release();
      throw error;
    }
  }

  async #connect(): Promise<Reached> {
    try {
      return await this.#servers.connect();
    } catch (error) {
      throw unreachable(error);
    }
  }

  #waitToConnect(wait: Wait): Promise<Reached> {
    return waitFor<Reached>(wait, (resolve, reject) => {
      let isUnwanted = false;
      this.#connect().then(
        // A caller that stopped waiting returns the connection when it arrives later.
        (found) => (isUnwanted ? found.client.release() : resolve(found)),
        reject,
      );
      return () => {
        isUnwanted = true;
      };
    });
  }

  async #mark(connection: Connection): Promise<void> {
    try {
      await connection.writeFor(this.#writerText);
    } catch (error) {
      connection.doubt();
      throw unreachable(error);
    }
  }

  /**
   * Ends every connection after its running statement, including those of sections. `last` may still take some.
   * Bounded.
   */
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
    if (this.#part === undefined) await Promise.race([this.#servers.end(), bound]);
    timer.abort();
  }
}

/**
 * How many callers may wait in the database itself for locks that this process holds. A small number leaves most
 * connections to others. With leases nobody waits in the database: a caller asks again and again.
 */
function maxAhead({ lock, max }: ResolvedOptions): number {
  return lock === 'advisory' ? Math.floor(max / 4) : 0;
}

function unreachable(error: unknown): StorageError {
  const said = (error as Error | undefined)?.message || String((error as { code?: string }).code);
  return new StorageError(
    'UNAVAILABLE',
    `Expected a connection to PostgreSQL, but: ${said}. Nothing happened; try again.`,
    { cause: error },
  );
}

function unmarkable(): StorageError {
  return new StorageError(
    'UNSUPPORTED',
    'Expected connections that keep the setting that names the writer, but behind a transaction pooler (preparedStatements: false) a session is shared. Move records past the pooler.',
  );
}
