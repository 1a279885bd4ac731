/** One section: its writes are staged, then applied together or dropped. */
import {
  fenced,
  type Clock,
  type ExportRepository,
  type LockedView,
  type StorageError,
  type Timestamp,
  type Writer,
} from '../contract/index.ts';
import { closed } from '../contract/rules/refusals.ts';
import type { Release } from './locks.ts';
import type { Opened, Session } from './session.ts';
import { StagedTable } from './staging.ts';
import type { Store, Tables } from './store.ts';
import { createActivityStore } from './stores/activity.ts';
import { createExportRepository } from './stores/exports.ts';
import { createIdempotencyView } from './stores/idempotency.ts';
import { createStreamStore } from './stores/streams.ts';
import type { HeldSection } from './storeAuthority.ts';
import { createUserStore } from './stores/users.ts';

type StagedTables = { readonly [K in keyof Tables]: StagedTable<NonNullable<ReturnType<Tables[K]['get']>>> };

export class Section implements Session, HeldSection {
  readonly view: LockedView;
  readonly tables: StagedTables;
  readonly writer: Writer | undefined;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #instanceEnd: AbortSignal;
  readonly #release: Release;
  /** Aborted when the section has lost its lock. */
  #lost: AbortController | undefined;
  /** The first write that failed. Nothing commits after it, even if the callback ignored the error. */
  #failure: { readonly error: unknown } | undefined;
  #isFenced = false;
  #hasEnded = false;

  /**
   * Takes a lock that was granted; `leave` releases it. Closing the instance ends its sections, and they commit
   * nothing.
   */
  constructor({ store, clock, ended, writer }: Opened, release: Release) {
    const { tables } = store;
    this.#store = store;
    this.#clock = clock;
    this.#instanceEnd = ended;
    this.#release = release;
    this.writer = writer;
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
    let exports: ExportRepository | undefined;
    // oxlint-disable-next-line typescript/no-this-alias
    const section = this;
    this.view = {
      streams: createStreamStore(this),
      users: createUserStore(this),
      activity: createActivityStore(this),
      idempotency: createIdempotencyView(this),
      // Created on demand: an adapter has many stores, and most sections use few.
      get exports() {
        exports ??= createExportRepository(section);
        return exports;
      },
      get signal() {
        section.#lost ??= new AbortController();
        if (section.#isFenced) section.#lost.abort();
        return section.#lost.signal;
      },
    };
    store.authority.enter(this);
  }

  get isOpen(): boolean {
    return !this.#hasEnded && !this.#isFenced && !this.#instanceEnd.aborted;
  }

  stamp(): Timestamp {
    return this.#store.stamp(this.#clock);
  }

  now(): Timestamp {
    return this.#store.now(this.#clock);
  }

  async read<R>(action: () => R): Promise<R> {
    if (!this.isOpen) throw this.#over();
    return action();
  }

  write<R>(action: () => R): Promise<R> {
    const written = this.#write(action);
    // withLock rejects with this error anyway. So a callback that did not await the write must not end the process with
    // an unhandled rejection.
    written.catch(() => undefined);
    return written;
  }

  /**
   * Applies the staged writes, all or none. Throws the first failed write, ALREADY_EXISTS, NOT_FOUND, CONFLICT, FENCED,
   * CLOSED.
   */
  commit(): void {
    if (!this.isOpen) throw this.#over();
    this.#hasEnded = true;
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#store.authority.judge(this.writer);
    const staged = Object.values(this.tables);
    const now = this.now();
    for (const table of staged) table.check(now);
    for (const table of staged) table.apply();
  }

  /** Ends the section because the store no longer accepts its writer: it commits nothing, and its lock is free. */
  fence(): void {
    this.#isFenced = true;
    this.#lost?.abort();
    this.#release();
  }

  /** Closes the view and frees the lock. Uncommitted writes are dropped. */
  leave(): void {
    this.#hasEnded = true;
    this.#release();
    this.#store.authority.leave(this);
  }

  #over(): StorageError {
    return this.#isFenced && !this.#hasEnded
      ? fenced(this.writer, this.#store.authority.state)
      : closed('section');
  }

  async #write<R>(action: () => R): Promise<R> {
    if (!this.isOpen) throw this.#over();
    try {
      this.#store.authority.judge(this.writer);
      return action();
    } catch (error) {
      this.#failure ??= { error };
      throw error;
    }
  }
}
