/** One connection, used by one caller at a time. */
import type { PoolClient, QueryConfig, QueryResult } from 'pg';
import { requestCancel } from './cancel.ts';
import { closed, isFatal } from './errors.ts';
import type { ResolvedOptions } from './options.ts';
import type { Param, Result, Row, Statement } from './sql.ts';

/** What pg knows and its types do not say. */
type Query = QueryConfig & { readonly query_timeout: number };

/** Every value stays the text that the server sent. */
const AS_TEXT = { getTypeParser: () => (text: string) => text } as unknown as NonNullable<
  QueryConfig['types']
>;

export interface RunOptions {
  /** Instead of the option queryTimeoutMs. */
  readonly queryTimeoutMs?: number;
}

export class Connection {
  readonly #client: PoolClient;
  readonly #options: ResolvedOptions;
  readonly #onReturned: (connection: Connection) => void;
  readonly #lost = new AbortController();
  readonly #notice: (error?: Error) => void;
  /** Statements run one after the other: what is asked for at once must not be sent at once. */
  #tail: Promise<unknown> = Promise.resolve();
  #isDoubtful = false;
  #isReturned = false;

  constructor(client: PoolClient, options: ResolvedOptions, onReturned: (connection: Connection) => void) {
    this.#client = client;
    this.#options = options;
    this.#onReturned = onReturned;
    // A client that is checked out and has no 'error' handler ends the process when its connection breaks.
    this.#notice = (error) => this.#lost.abort(error ?? new Error('Connection terminated'));
    client.on('error', this.#notice);
    client.on('end', this.#notice);
  }

  /** Aborted when the connection is known to be lost, with the error as reason. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Runs a statement after those that were asked for before. Rejects with the driver's error. */
  run(statement: Statement, params: readonly Param[], options: RunOptions = {}): Promise<Result> {
    return this.#enqueue({
      text: statement.text,
      values: params as unknown[],
      ...(this.#options.preparedStatements ? { name: statement.name } : {}),
      types: AS_TEXT,
      query_timeout: options.queryTimeoutMs ?? this.#options.queryTimeoutMs,
    });
  }

  /** Runs one or more statements without parameters, in one flight; resolves with the last one's result. */
  control(text: string, options: RunOptions = {}): Promise<Result> {
    const query_timeout = options.queryTimeoutMs ?? this.#options.queryTimeoutMs;
    return this.#enqueue({ text, types: AS_TEXT, query_timeout });
  }

  /** Cancels the statement that runs. Resolves when no later statement can be hit any more; never rejects. */
  cancel(): Promise<void> {
    return requestCancel(this.#client, this.#options);
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
    const isUsable = !this.#isDoubtful && !this.#lost.signal.aborted;
    // The pool listens for errors again from here on.
    this.#client.release(!isUsable);
    this.#client.off('error', this.#notice);
    this.#onReturned(this);
  }

  #enqueue(query: Query): Promise<Result> {
    const answer = this.#tail.then(() => this.#send(query));
    this.#tail = answer.catch(() => undefined);
    return answer;
  }

  async #send(query: Query): Promise<Result> {
    if (this.#lost.signal.aborted) throw this.#lost.signal.reason;
    // Only closing the instance gives back the connection of a section that still runs.
    if (this.#isReturned) throw closed('instance');
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
