/** One connection, used by one caller at a time. */
import type { PoolClient, QueryConfig, QueryResult } from 'pg';
import { closed } from '../../contract/rules/refusals.ts';
import { requestCancel } from './cancel.ts';
import { isFatal } from '../errors.ts';
import { Flight, type Flown, type Prepared } from './flight.ts';
import type { ResolvedOptions } from '../options.ts';
import type { Reached } from './servers.ts';
import type { Asked, Param, Result, Row, Statement } from '../sql/sql.ts';

/** What pg knows and its types do not say. */
type Query = QueryConfig & { readonly query_timeout?: number };

export interface RunOptions {
  /** Instead of the option queryTimeoutMs. */
  readonly queryTimeoutMs?: number;
}

/** What each session of the pools has prepared. */
const PREPARED = new WeakMap<PoolClient, Prepared>();

/** For whom the sessions of the pools write; those that are not in it never wrote for anybody but writers of no epoch. */
const WRITERS = new WeakMap<PoolClient, string>();

export class Connection {
  readonly #client: PoolClient;
  readonly #url: string;
  readonly #options: ResolvedOptions;
  readonly #onReturned: (connection: Connection) => void;
  #lost: { readonly error: unknown } | undefined;
  /** Made when it is asked for: most sections never do, and it costs as much as a statement. */
  #signal: AbortController | undefined;
  readonly #notice: (error?: Error) => void;
  /** Statements run one after the other: what is asked for at once must not be sent at once. */
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
    // A client that is checked out and has no 'error' handler ends the process when its connection breaks.
    this.#notice = (error = new Error('Connection terminated')) => {
      this.#lost ??= { error };
      this.#signal?.abort(this.#lost.error);
    };
    client.on('error', this.#notice);
    client.on('end', this.#notice);
  }

  /** Of the server that it leads to. */
  get url(): string {
    return this.#url;
  }

  /** The driver's error, when the connection is known to be lost. */
  get lost(): { readonly error: unknown } | undefined {
    return this.#lost;
  }

  /** Aborted when the connection is known to be lost, with the error as reason. */
  get signal(): AbortSignal {
    this.#signal ??= new AbortController();
    if (this.#lost !== undefined) this.#signal.abort(this.#lost.error);
    return this.#signal.signal;
  }

  /** Runs a statement after those that were asked for before. Rejects with the driver's error. */
  async run(statement: Statement, params: readonly Param[]): Promise<Result> {
    const flown = await this.fly(() => [{ statement, params }]);
    if (!flown.ok) throw flown.error;
    return flown.results[0] as Result;
  }

  /**
   * Runs statements in one flight, after those that were asked for before; `ask` says in their turn which, and nothing is
   * sent when it throws. What the server or the driver says of a failure is no rejection.
   */
  fly(ask: () => readonly Asked[], { queryTimeoutMs }: RunOptions = {}): Promise<Flown> {
    return this.#enqueue(() => this.#fly(ask(), queryTimeoutMs));
  }

  /** Runs one or more statements without parameters, in one flight; resolves with the last one's result. */
  control(text: string, { queryTimeoutMs }: RunOptions = {}): Promise<Result> {
    const query = queryTimeoutMs === undefined ? text : { text, query_timeout: queryTimeoutMs };
    return this.#enqueue(() => this.#send(query));
  }

  /** What is written from now on is this writer's, as `writerText` names it. Costs nothing if it was before. */
  async writeFor(writer: string): Promise<void> {
    if (writer === (WRITERS.get(this.#client) ?? '')) return;
    await this.control(`SET lockstep.writer = '${writer}'`);
    WRITERS.set(this.#client, writer);
  }

  /** Cancels the statement that runs. Resolves when no later statement can be hit any more; never rejects. */
  cancel(): Promise<void> {
    return requestCancel(this.#client, this.#url, this.#options);
  }

  /** Resolves when no statement runs. */
  async idle(): Promise<void> {
    await this.#tail;
  }

  /** From now on nobody knows what state the session is in: `release` closes it instead of handing it on. */
  doubt(): void {
    this.#isDoubtful = true;
  }

  /** Gives the connection back to the pool, or closes it when it is lost or doubtful. Idempotent. */
  release(): void {
    if (this.#isReturned) return;
    this.#isReturned = true;
    this.#client.off('end', this.#notice);
    const isUsable = !this.#isDoubtful && this.#lost === undefined;
    // The pool listens for errors again from here on.
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
    // Only closing the instance gives back the connection of a section that still runs.
    if (this.#isReturned) throw closed('instance');
  }

  async #send(query: Query | string): Promise<Result> {
    this.#checkUsable();
    try {
      // Several statements in one text answer with several results; the last one counts.
      const answer = (await this.#client.query<Row>(query)) as QueryResult<Row> | QueryResult<Row>[];
      const result = Array.isArray(answer) ? answer.at(-1) : answer;
      return { rows: result?.rows ?? [], count: result?.rowCount ?? 0, command: result?.command ?? '' };
    } catch (error) {
      // The server is gone, or the client gave up on a statement that still runs there: either way nothing that is
      // sent after it would be answered in time.
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
