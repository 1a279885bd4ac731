/** One section: the view of its callback, and how its statements are sent. */
import type { ExportRepository, LockedView, UserStore } from '../../contract/index.ts';
import { closed } from '../../contract/rules/refusals.ts';
import type { Connection } from '../connection/connection.ts';
import { failureOf, rolledBack, sqlStateOf, translate } from '../errors.ts';
import type { Flown } from '../connection/flight.ts';
import type { Held } from './lock.ts';
import type { Opened } from '../records/opening.ts';
import { Queues } from '../connection/queue.ts';
import type { Asked, Buffer, Buffered, Result, Session, Statement, Param } from '../sql/sql.ts';
import type { Stores } from '../records/stores.ts';

export interface SectionOptions {
  readonly connection: Connection;
  readonly stores: Stores;
  /** Aborted when the instance is closed, which ends its sections. */
  readonly ended: AbortSignal;
  readonly held: Held;
  /** The section that encloses it. */
  readonly outer: Section | undefined;
  /** What was fetched together with the lock. Without it, every write is sent at once. */
  readonly opened: Opened | undefined;
}

export interface Savepoint {
  /** Called when the savepoint is sent: later statements of the outer sections come after it. */
  readonly onSent: () => void;
  /**
   * Dooms the enclosing sections that have written since, because a rollback to the savepoint undoes their writes as
   * well.
   */
  fail(error: unknown): void;
  close(): void;
}

export class Section implements Session {
  readonly view: LockedView;
  readonly connection: Connection;
  /** Nested sections run one after another, because savepoints form a stack. */
  readonly nested: Queues = new Queues(1);
  readonly #ended: AbortSignal;
  readonly #held: Held;
  readonly #opened: Opened | undefined;
  /** Writes that have not been sent yet. */
  readonly #waiting: Buffered[] = [];
  /**
   * Undefined once the database has stamped a record: buffered writes have the time of the lock, which would be
   * earlier.
   */
  #buffer: Buffer | undefined;
  /**
   * Its own lock, and the locks of nested sections that kept their writes. All of them last as long as this section.
   */
  readonly #locks: Held[];
  readonly #pending = new Set<Promise<unknown>>();
  #failure: { readonly error: unknown } | undefined;
  #isOpen = true;
  #hasWritten = false;
  /** The savepoints of the transaction. Each is the set of enclosing sections that have written since. */
  readonly #savepoints: Set<Section>[];
  /** How many of them belong to this section or to enclosing ones. */
  readonly #depth: number;

  constructor({ connection, stores, ended, held, outer, opened }: SectionOptions) {
    this.connection = connection;
    this.#ended = ended;
    this.#held = held;
    this.#opened = opened;
    this.#buffer = opened === undefined ? undefined : bufferOf(opened, this.#waiting);
    this.#locks = [held];
    this.#savepoints = outer === undefined ? [] : outer.#savepoints;
    this.#depth = outer === undefined ? 0 : outer.#depth + 1;
    const section = this as Session;
    let signal: AbortSignal | undefined;
    let users: UserStore | undefined;
    let exports: ExportRepository | undefined;
    this.view = {
      streams: stores.streams(this),
      activity: stores.activity(this),
      idempotency: stores.idempotencyView(this),
      // Created on demand: most sections never ask for these stores.
      get users() {
        return (users ??= stores.users(section));
      },
      get exports() {
        return (exports ??= { jobs: stores.jobs(section), audit: stores.audit(section) });
      },
      ...(held.fence === undefined ? {} : { fence: held.fence }),
      get signal() {
        // What an enclosing section loses is lost here too, because both write in one transaction.
        const around = outer?.view.signal ?? connection.signal;
        signal ??= held.signal === undefined ? around : AbortSignal.any([around, held.signal]);
        return signal;
      },
    };
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** The first failure. After it the section commits nothing, even if the callback ignored the error. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure;
  }

  fail(error: unknown): void {
    this.#failure ??= { error };
  }

  read<R>(action: () => Promise<R>): Promise<R> {
    return this.#track(this.#guard(action));
  }

  write<R>(action: () => Promise<R>): Promise<R> {
    return this.#track(this.#guard(action, { dooms: this.#isOpen }));
  }

  /**
   * Undefined while a nested section has a savepoint, because that section must see this one's writes. Undefined after
   * a failure.
   */
  get buffer(): Buffer | undefined {
    return this.#failure === undefined && this.#savepoints.length === this.#depth ? this.#buffer : undefined;
  }

  async run(statement: Statement, params: readonly Param[]): Promise<Result> {
    const isWrite = statement.kind === 'write';
    const fetched = isWrite ? undefined : this.#opened?.fetched(statement, params);
    if (fetched !== undefined) return fetched;
    if (isWrite) this.#buffer = undefined;
    const results = await this.#send(isWrite, () => [{ statement, params }]);
    return results.at(-1) as Result;
  }

  /** Sends the buffered writes, because a nested section begins. Rejects with this section's error, if it has one. */
  async flush(): Promise<void> {
    this.#opened?.forget();
    this.#buffer = undefined;
    if (this.#waiting.length > 0) await this.#send(true, () => []);
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /**
   * Releases the locks, sends the buffered writes and commits the work of this section and of its nested sections, in
   * one flight. Rejects with the section's error. Nothing is committed then, except that OUTCOME_UNKNOWN leaves that
   * open.
   */
  async commit(): Promise<void> {
    let sent: readonly Asked[] = [];
    try {
      const flown = await this.connection.fly(() => {
        const writes = this.#waiting.splice(0);
        const hasWritten = this.#hasWritten || writes.length > 0;
        // The release comes before the writes. If the lock is lost, the writes must not wait for those of its next
        // holder.
        const freed = this.#locks.flatMap((held) => held.free?.(hasWritten) ?? []);
        sent = [...freed, ...writes, COMMIT];
        return sent;
      });
      const command = resultsOf(flown, sent, flown.isSent ? 'commit' : 'section').at(-1)?.command;
      // COMMIT of a failed transaction is no error. Its answer is ROLLBACK.
      if (command !== 'COMMIT') throw rolledBack(command ?? '');
    } catch (error) {
      this.fail(translate(error, 'section'));
      throw this.#failure?.error;
    }
  }

  /** Sends `ask` after the buffered writes, in one flight, with the statements that must precede them. */
  async #send(isWrite: boolean, ask: () => readonly Asked[]): Promise<readonly Result[]> {
    let sent: readonly Asked[] = [];
    try {
      const flown = await this.connection.fly(() => {
        const writes = this.#waiting.splice(0);
        const hasWrites = isWrite || writes.length > 0;
        const guard = hasWrites ? this.#held.guard?.() : undefined;
        if (hasWrites) this.#noteWrite();
        sent = [...(guard === undefined ? [] : [guard]), ...writes, ...ask()];
        return sent;
      });
      return resultsOf(flown, sent, 'section');
    } catch (error) {
      // Any SQL error, even of a read, ends the transaction and releases its locks at once, while the callback still
      // runs. Whatever the callback does afterwards must not commit, and COMMIT itself would only answer ROLLBACK.
      const translated = this.failure === undefined ? translate(error, 'section') : this.failure.error;
      this.fail(translated);
      throw translated;
    }
  }

  #noteWrite(): void {
    this.#hasWritten = true;
    this.#opened?.forget();
    for (const writers of this.#savepoints.slice(this.#depth)) writers.add(this);
  }

  /** The savepoint of a nested section. */
  savepoint(): Savepoint {
    const open = this.#savepoints;
    const writers = new Set<Section>();
    return {
      onSent: () => void open.push(writers),
      fail: (error) => {
        for (const outer of writers) outer.fail(error);
      },
      close: () => {
        if (open.at(-1) === writers) open.pop();
      },
    };
  }

  /** Keeps this section open until `action` has settled. */
  hold<R>(action: () => Promise<R>): Promise<R> {
    return this.#track(action());
  }

  /** Closes the view. Resolves when all calls that were made through it have settled. */
  async end(): Promise<void> {
    this.#isOpen = false;
    if (this.#pending.size > 0) await Promise.allSettled(this.#pending);
  }

  /** Runs the statement that ends a nested section and keeps its writes. Errors: LOCK_LOST. */
  async settleInner(release: string): Promise<void> {
    try {
      await this.connection.control(release);
    } catch (error) {
      this.fail(translate(error, 'section'));
      throw this.failure?.error;
    }
  }

  /** Takes over the locks of `inner`, which has kept its writes: they now end with this section. */
  inheritLocks(inner: Section): void {
    this.#locks.push(...inner.#locks);
    this.#hasWritten ||= inner.#hasWritten;
  }

  /** Called after the transaction or the savepoint. Never rejects. */
  async endLocks(isCommitted: boolean): Promise<void> {
    for (const held of this.#locks) await held.end?.(isCommitted);
  }

  /** With `dooms`, an error also fails the section. */
  async #guard<R>(action: () => Promise<R>, { dooms = false } = {}): Promise<R> {
    try {
      if (!this.#isOpen || this.#ended.aborted) throw closed('section');
      return await action();
    } catch (error) {
      const translated = translate(error, 'section');
      if (dooms) this.fail(translated);
      throw translated;
    }
  }

  #track<R>(running: Promise<R>): Promise<R> {
    this.#pending.add(running);
    // withLock rejects with the error of a failed write anyway. So a callback that did not await the write must not end
    // the process with an unhandled rejection.
    const settled = (): boolean => this.#pending.delete(running);
    running.then(settled, settled);
    return running;
  }
}

const COMMIT: Asked = { statement: { name: 'commit', kind: 'write', text: 'COMMIT' }, params: [] };

/** Returns the results of `sent`, or throws. `phase` decides what a lost connection means. */
function resultsOf(flown: Flown, sent: readonly Asked[], phase: 'section' | 'commit'): readonly Result[] {
  if (!flown.ok) {
    // If the server itself reported the error, it did not run any later statement.
    const isBefore = sqlStateOf(flown.error) !== undefined && flown.index < sent.length - 1;
    throw failureOf(flown.error, sent[flown.index], isBefore ? 'section' : phase);
  }
  for (const { onMet } of sent) onMet?.();
  return flown.results;
}

function bufferOf(opened: Opened, waiting: Buffered[]): Buffer {
  return {
    now: opened.now,
    eventTime: (streamId) => opened.eventTime(streamId),
    add: (write) => {
      opened.forget();
      waiting.push(write);
    },
  };
}
