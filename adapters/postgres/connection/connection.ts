/** One connection, used by one caller at a time. */
import type { PoolClient, QueryConfig, QueryResult } from 'pg';
import { closed } from '../../contract/rules/refusals.ts';
import { requestCancel } from './cancel.ts';
import { isFatal } from '../errors.ts';
import { Flight, type Flown, type Prepared } from './flight.ts';
import type { ResolvedOptions } from '../options.ts';
import type { Reached } from './servers.ts';
import type { Asked, Param, Result, Row, Statement } from '../sql/sql.ts';

/** Options that pg has and its types lack. */
type Query = QueryConfig & { readonly query_timeout?: number };

export interface RunOptions {
  /** Overrides the option queryTimeoutMs. */
  readonly queryTimeoutMs?: number;
}

/** The statements that each session of the pools has prepared. */
const PREPARED = new WeakMap<PoolClient, Prepared>();

/**
 * The writer that each session of the pools is marked with. A session that is absent was only used by writers without
 * an epoch.
 */
const WRITERS = new WeakMap<PoolClient, string>();

export class Connection {
  readonly #client: PoolClient;
  readonly #url: string;
  readonly #options: ResolvedOptions;
  readonly #onReturned: (connection: Connection) => void;
  #lost: { readonly error: unknown } | undefined;
  /** Created on demand: most sections never ask for it, and it costs as much as a statement. */
  #signal: AbortController | undefined;
  readonly #notice: (error?: Error) => void;
  /** Statements run one after another, even if callers ask for several at once. */
  #tail: Promise<unknown> = Promise.resolve();
  #isDoubtful = false;
  #isReturned = false;

  constructor(
    { client, url }: Reached,
    options: ResolvedOptions,
    onReturned: (connection: Connection) => void,
  ) {
    this.#client = client;
    this.#url = url;
    this.#options = options;
    this.#onReturned = onReturned;
    // Without an 'error' handler, a broken connection of a checked-out client would end the process.
    this.#notice = (error = new Error('Connection terminated')) => {
      this.#lost ??= { error };
      this.#signal?.abort(this.#lost.error);
    };
    client.on('error', this.#notice);
    client.on('end', this.#notice);
  }

  /** The URL of the server at the other end. */
  get url(): string {
    return this.#url;
  }

  /** The driver's error, if the connection is known to be lost. */
  get lost(): { readonly error: unknown } | undefined {
    return this.#lost;
  }

  /** Aborted when the connection is known to be lost. The reason is the driver's error. */
  get signal(): AbortSignal {
    this.#signal ??= new AbortController();
    if (this.#lost !== undefined) this.#signal.abort(this.#lost.error);
    return this.#signal.signal;
  }

  /** Runs a statement after those that were requested before. Rejects with the driver's error. */
  async run(statement: Statement, params: readonly Param[]): Promise<Result> {
    const flown = await this.fly(() => [{ statement, params }]);
    if (!flown.ok) throw flown.error;
    return flown.results[0] as Result;
  }

  /**
   * Runs statements in one flight, after those that were requested before. `ask` names the statements when their turn
   * comes; if it throws, nothing is sent. Does not reject if the server or the driver reports a failure.
   */
  fly(ask: () => readonly Asked[], { queryTimeoutMs }: RunOptions = {}): Promise<Flown> {
    return this.#enqueue(() => this.#fly(ask(), queryTimeoutMs));
  }

  /** Runs one or more statements without parameters in one flight. Resolves with the result of the last one. */
  control(text: string, { queryTimeoutMs }: RunOptions = {}): Promise<Result> {
    const query = queryTimeoutMs === undefined ? text : { text, query_timeout: queryTimeoutMs };
    return this.#enqueue(() => this.#send(query));
  }

  /**
   * Marks later writes as this writer's; the name is made by `writerText`. Costs nothing if the session is marked so
   * already.
   */
  async writeFor(writer: string): Promise<void> {
    if (writer === (WRITERS.get(this.#client) ?? '')) return;
    await this.control(`SET lockstep.writer = '${writer}'`);
    WRITERS.set(this.#client, writer);
  }

  /** Cancels the running statement. Resolves when no later statement can be hit any more. Never rejects. */
  cancel(): Promise<void> {
    return requestCancel(this.#client, this.#url, this.#options);
  }

  /** Resolves when no statement is running. */
  async idle(): Promise<void> {
    await this.#tail;
  }

  /**
   * Marks the session as unusable, because its state is unknown: `release` then closes it instead of returning it to
   * the pool.
   */
  doubt(): void {
    this.#isDoubtful = true;
  }

  /** Returns the connection to the pool, or closes it if it is lost or unusable. Idempotent. */
  release(): void {
    if (this.#isReturned) return;
    this.#isReturned = true;
    this.#client.off('end', this.#notice);
    const isUsable = !this.#isDoubtful && this.#lost === undefined;
    // From here on the pool listens for errors again.
    this.#client.release(!isUsable);
    this.#client.off('error', this.#notice);
    this.#onReturned(this);
  }

  #enqueue<T>(turn: () => Promise<T>): Promise<T> {
    const answer = this.#tail.then(turn);
    this.#tail = answer.catch(() => undefined);
    return answer;
  }

  async #fly(asked: readonly Asked[], queryTimeoutMs: number | undefined): Promise<Flown> {
    try {
      this.#checkUsable();
    } catch (error) {
      return { ok: false, isSent: false, error, index: 0 };
    }
    const prepared = this.#options.preparedStatements ? preparedOn(this.#client) : undefined;
    const flown = await new Promise<Flown>((onEnd) => {
      this.#client.query(new Flight({ asked, prepared, onEnd, queryTimeoutMs }));
    });
    if (!flown.ok && isFatal(flown.error)) this.#notice(flown.error as Error);
    return flown;
  }

  #checkUsable(): void {
    if (this.#lost !== undefined) throw this.#lost.error;
    // While a section runs, only closing the instance releases its connection.
    if (this.#isReturned) throw closed('instance');
  }

  async #send(query: Query | string): Promise<Result> {
    this.#checkUsable();
    try {
      // Several statements in one text give several results. The last one counts.
      const answer = (await this.#client.query<Row>(query)) as QueryResult<Row> | QueryResult<Row>[];
      const result = Array.isArray(answer) ? answer.at(-1) : answer;
      return { rows: result?.rows ?? [], count: result?.rowCount ?? 0, command: result?.command ?? '' };
    } catch (error) {
      // Either the server is gone, or the client gave up on a statement that still runs there. In both cases a later
      // statement would not be answered in time.
      if (isFatal(error)) this.#notice(error as Error);
      throw error;
    }
  }
}

function preparedOn(client: PoolClient): Prepared {
  let prepared = PREPARED.get(client);
  if (prepared === undefined) {
    prepared = new Map();
    PREPARED.set(client, prepared);
  }
  return prepared;
}
