/** One connection, used by one caller at a time. */
import type { QueryConfig, QueryResult } from 'pg';
import { closed } from '../../contract/rules/refusals.ts';
import { requestCancel } from './cancel.ts';
import { isFatal } from '../errors.ts';
import { Flight, type Flown } from './flight.ts';
import type { ResolvedOptions } from '../options.ts';
import { PooledSession } from './pooledSession.ts';
import type { Reached } from './servers.ts';
import type { Asked, Param, Result, Row, Statement } from '../sql/sql.ts';

/** Options that pg has and its types lack. */
type Query = QueryConfig & { readonly query_timeout?: number };

export interface RunOptions {
  /** Overrides the option queryTimeoutMs. */
  readonly queryTimeoutMs?: number;
}

export class Connection {
  readonly #session: PooledSession;
  readonly #url: string;
  readonly #options: ResolvedOptions;
  readonly #taken: readonly Set<Connection>[];
  #lost: { readonly error: unknown } | undefined;
  /** Created on demand: most sections never ask for it, and it costs as much as a statement. */
  #signal: AbortController | undefined;
  /** Statements run one after another, even if callers ask for several at once. */
  #tail: Promise<unknown> = Promise.resolve();
  /** How many calls were asked for and have not ended. */
  #underWay = 0;
  #isDoubtful = false;
  #isReturned = false;

  /** The connection is in each set of `taken` until it is released. */
  constructor({ client, url }: Reached, options: ResolvedOptions, taken: readonly Set<Connection>[]) {
    this.#session = PooledSession.of(client);
    this.#session.user = this;
    this.#url = url;
    this.#options = options;
    this.#taken = taken;
    for (const connections of taken) connections.add(this);
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
    return this.#enqueue(async () => this.#fly(ask(), queryTimeoutMs));
  }

  /** Runs one or more statements without parameters in one flight. Resolves with the result of the last one. */
  control(text: string, { queryTimeoutMs }: RunOptions = {}): Promise<Result> {
    const query = queryTimeoutMs === undefined ? text : { text, query_timeout: queryTimeoutMs };
    return this.#enqueue(() => this.#send(query));
  }

  /** Whether the session is marked as this writer's. The name is made by `writerText`. */
  writesFor(writer: string): boolean {
    return this.#session.writer === writer;
  }

  /** Marks later writes as this writer's. */
  async writeFor(writer: string): Promise<void> {
    await this.control(`SET lockstep.writer = '${writer}'`);
    this.#session.writer = writer;
  }

  /** Cancels the running statement. Resolves when no later statement can be hit any more. Never rejects. */
  cancel(): Promise<void> {
    return requestCancel(this.#session.client, this.#url, this.#options);
  }

  /** Resolves when no statement is running. */
  async idle(): Promise<void> {
    await this.#tail;
  }

  /** Records that the connection is lost. `error` is the driver's. */
  lose(error: unknown): void {
    this.#lost ??= { error };
    this.#signal?.abort(this.#lost.error);
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
    this.#session.user = undefined;
    const isUsable = !this.#isDoubtful && this.#lost === undefined;
    this.#session.client.release(!isUsable);
    for (const connections of this.#taken) connections.delete(this);
  }

  #enqueue<T>(turn: () => Promise<T>): Promise<T> {
    const answer = this.#underWay === 0 ? turn() : this.#tail.then(turn);
    const onEnd = (): void => {
      this.#underWay -= 1;
    };
    this.#underWay += 1;
    this.#tail = answer.then(onEnd, onEnd);
    return answer;
  }

  async #fly(asked: readonly Asked[], queryTimeoutMs: number | undefined): Promise<Flown> {
    try {
      this.#checkUsable();
    } catch (error) {
      return { ok: false, isSent: false, error, index: 0 };
    }
    const { client, prepared } = this.#session;
    const kept = this.#options.preparedStatements ? prepared : undefined;
    const flown = await new Promise<Flown>((onEnd) => {
      client.query(new Flight({ asked, prepared: kept, onEnd, queryTimeoutMs }));
    });
    if (!flown.ok && isFatal(flown.error)) this.lose(flown.error);
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
      const answer = (await this.#session.client.query<Row>(query)) as QueryResult<Row> | QueryResult<Row>[];
      const result = Array.isArray(answer) ? answer.at(-1) : answer;
      return { rows: result?.rows ?? [], count: result?.rowCount ?? 0, command: result?.command ?? '' };
    } catch (error) {
      // Either the server is gone, or the client gave up on a statement that still runs there. In both cases a later
      // statement would not be answered in time.
      if (isFatal(error)) this.lose(error);
      throw error;
    }
  }
}
