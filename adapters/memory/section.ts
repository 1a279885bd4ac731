/** One run of a callback under a stream's lock: its writes are staged, then applied together or dropped. */
import type { Clock, ExportRepository, LockedView, Timestamp } from '../contract/index.ts';
import { closed, type Session } from './session.ts';
import { StagedTable } from './staging.ts';
import type { Store, Tables } from './store.ts';
import { createActivityStore } from './activity.ts';
import { createExportRepository } from './exports.ts';
import { createIdempotencyView } from './idempotency.ts';
import { createStreamStore } from './streams.ts';
import { createUserStore } from './users.ts';

type StagedTables = { readonly [K in keyof Tables]: StagedTable<NonNullable<ReturnType<Tables[K]['get']>>> };

export class Section implements Session {
  readonly view: LockedView;
  readonly tables: StagedTables;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #instanceEnd: AbortSignal;
  /** The first write that failed. Nothing commits after it, also if the callback swallowed it. */
  #failure: { readonly error: unknown } | undefined;
  #hasEnded = false;

  /** `instanceEnd`: aborted when the instance is closed; it takes its sections with it, and they commit nothing. */
  constructor(store: Store, clock: Clock, instanceEnd: AbortSignal) {
    const { tables } = store;
    this.#store = store;
    this.#clock = clock;
    this.#instanceEnd = instanceEnd;
    this.tables = {
      streams: new StagedTable(tables.streams),
      users: new StagedTable(tables.users),
      activity: new StagedTable(tables.activity),
      idempotency: new StagedTable(tables.idempotency),
      executions: new StagedTable(tables.executions),
      jobs: new StagedTable(tables.jobs),
      work: new StagedTable(tables.work),
      audit: new StagedTable(tables.audit),
    };
    // A lock of this process is never lost while its holder lives, so nothing ever aborts this.
    let signal: AbortSignal | undefined;
    let exports: ExportRepository | undefined;
    // oxlint-disable-next-line typescript/no-this-alias
    const section = this;
    this.view = {
      streams: createStreamStore(this),
      users: createUserStore(this),
      activity: createActivityStore(this),
      idempotency: createIdempotencyView(this),
      // Of many stores, and few sections touch it.
      get exports() {
        exports ??= createExportRepository(section);
        return exports;
      },
      get signal() {
        signal ??= new AbortController().signal;
        return signal;
      },
    };
  }

  get isOpen(): boolean {
    return !this.#hasEnded && !this.#instanceEnd.aborted;
  }

  stamp(): Timestamp {
    return this.#store.stamp(this.#clock);
  }

  now(): Timestamp {
    return this.#store.now(this.#clock);
  }

  async read<R>(action: () => R): Promise<R> {
    if (!this.isOpen) throw closed('section');
    return action();
  }

  write<R>(action: () => R): Promise<R> {
    const written = this.#write(action);
    // withLock rejects with this failure in any case, so a callback that did not wait for it must not
    // end the process with an unhandled rejection.
    written.catch(() => undefined);
    return written;
  }

  /** Applies the staged writes, all or none. Throws the first failed write, ALREADY_EXISTS, NOT_FOUND, CONFLICT, CLOSED. */
  commit(): void {
    if (!this.isOpen) throw closed('section');
    this.end();
    if (this.#failure !== undefined) throw this.#failure.error;
    const staged = Object.values(this.tables);
    const now = this.now();
    for (const table of staged) table.check(now);
    for (const table of staged) table.apply();
  }

  /** Ends the view. What was not committed is dropped. */
  end(): void {
    this.#hasEnded = true;
  }

  async #write<R>(action: () => R): Promise<R> {
    if (!this.isOpen) throw closed('section');
    try {
      return action();
    } catch (error) {
      this.#failure ??= { error };
      throw error;
    }
  }
}
