/** One run of a callback under a stream's lock, as its view sees it. */
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
  /** Aborted when the instance is closed, which takes its sections with it. */
  readonly ended: AbortSignal;
  readonly held: Held;
  /** The section that it is nested in. */
  readonly outer: Section | undefined;
  /** What came with its lock. Without it every write is sent at once. */
  readonly opened: Opened | undefined;
}

export interface Savepoint {
  /** Every statement from here on comes behind it. */
  readonly onSent: () => void;
  /** Dooms the sections around it that have written since: a rollback to it takes their writes too. */
  fail(error: unknown): void;
  close(): void;
}

export class Section implements Session {
  readonly view: LockedView;
  readonly connection: Connection;
  /** Sections nested in this one run one after the other: savepoints form a stack. */
  readonly nested: Queues = new Queues(1);
  readonly #ended: AbortSignal;
  readonly #held: Held;
  readonly #opened: Opened | undefined;
  /** Writes that nobody has had to wait for. */
  readonly #waiting: Buffered[] = [];
  /** None once something was stamped as it was sent: what waits has the time of the lock, which is earlier. */
  #buffer: Buffer | undefined;
  /** Its own, and those of sections inside it that kept their writes: they last as long as this one. */
  readonly #locks: Held[];
  readonly #pending = new Set<Promise<unknown>>();
  #failure: { readonly error: unknown } | undefined;
  #isOpen = true;
  #hasWritten = false;
  /** Those that are set in the transaction, with the sections around them that have written since. */
  readonly #savepoints: Set<Section>[];
  /** How many of them are its own, or around it. */
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
      // Most sections never ask for them.
      get users() {
        return (users ??= stores.users(section));
      },
      get exports() {
        return (exports ??= { jobs: stores.jobs(section), audit: stores.audit(section) });
      },
      ...(held.fence === undefined ? {} : { fence: held.fence }),
      get signal() {
        // What is lost around this section is lost for it, too: one transaction has the writes of both.
        const around = outer?.view.signal ?? connection.signal;
        signal ??= held.signal === undefined ? around : AbortSignal.any([around, held.signal]);
        return signal;
      },
    };
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** The first failure: nothing of the section commits after it, also if the callback swallowed it. */
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

  /** None while a section inside this one has a savepoint, as it sees what this one has written; none after a failure. */
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

  /** Sends the writes that wait, as a section inside this one begins. Rejects with the error of this one, if it has one then. */
  async flush(): Promise<void> {
    this.#opened?.forget();
    this.#buffer = undefined;
    if (this.#waiting.length > 0) await this.#send(true, () => []);
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /**
   * Frees the locks, sends the writes that wait and commits what this section and those inside it have done, in one flight.
   * Rejects with the error of the section; nothing is committed then, unless it is OUTCOME_UNKNOWN.
   */
  async commit(): Promise<void> {
    let sent: readonly Asked[] = [];
    try {
      const flown = await this.connection.fly(() => {
        const writes = this.#waiting.splice(0);
        const hasWritten = this.#hasWritten || writes.length > 0;
        // Before the writes: a lock that is lost must keep them from waiting for those of its next holder.
        const freed = this.#locks.flatMap((held) => held.free?.(hasWritten) ?? []);
        sent = [...freed, ...writes, COMMIT];
        return sent;
      });
      const command = resultsOf(flown, sent, flown.isSent ? 'commit' : 'section').at(-1)?.command;
      // COMMIT of a failed transaction is no error: it answers that it has rolled back.
      if (command !== 'COMMIT') throw rolledBack(command ?? '');
    } catch (error) {
      this.fail(translate(error, 'section'));
      throw this.#failure?.error;
    }
  }

  /** Sends `ask` behind the writes that wait, in one flight, with what must go before them. */
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
      // Any SQL error, of a read too, ends the transaction and frees its locks at once, while the callback runs
      // on. What it does from here on must not commit; COMMIT itself would say nothing but "ROLLBACK".
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

  /** The savepoint of a section inside this one. */
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

  /** Keeps this section from ending before `action` has. */
  hold<R>(action: () => Promise<R>): Promise<R> {
    return this.#track(action());
  }

  /** The view is dead from here on; resolves when what was called through it before has settled. */
  async end(): Promise<void> {
    this.#isOpen = false;
    if (this.#pending.size > 0) await Promise.allSettled(this.#pending);
  }

  /** Runs the statement that ends a section inside this one and keeps its writes. Errors: LOCK_LOST. */
  async settleInner(release: string): Promise<void> {
    try {
      await this.connection.control(release);
    } catch (error) {
      this.fail(translate(error, 'section'));
      throw this.failure?.error;
    }
  }

  /** From now on the locks of `inner`, which has kept its writes, end with this section. */
  inheritLocks(inner: Section): void {
    this.#locks.push(...inner.#locks);
    this.#hasWritten ||= inner.#hasWritten;
  }

  /** After the transaction, or the savepoint. Never rejects. */
  async endLocks(isCommitted: boolean): Promise<void> {
    for (const held of this.#locks) await held.end?.(isCommitted);
  }

  /** With `dooms`, an error fails the section as well. */
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
    // withLock rejects with a failed write's error in any case, so a callback that did not wait for it must not
    // end the process with an unhandled rejection.
    const settled = (): boolean => this.#pending.delete(running);
    running.then(settled, settled);
    return running;
  }
}

const COMMIT: Asked = { statement: { name: 'commit', kind: 'write', text: 'COMMIT' }, params: [] };

/** `phase`: what it means that the connection was lost on the way. Throws what went wrong. */
function resultsOf(flown: Flown, sent: readonly Asked[], phase: 'section' | 'commit'): readonly Result[] {
  if (!flown.ok) {
    // Where the server itself says what ended it, nothing behind that has run.
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
