/**
 * How long the old side waits for the new one. A side that refuses says so at once; one that is frozen, or behind a network
 * that swallows everything, never does, and everybody who waited for it would stand still with it.
 */
import { AsyncResource } from 'node:async_hooks';
import { StorageError } from '../contract/index.ts';

export interface PatienceOptions {
  /** The longest that anything of the old side waits for the new one, in milliseconds. */
  readonly boundMs: number;
  /** Something that the new side answers whenever it answers at all. */
  readonly probe: () => Promise<unknown>;
}

/** A lock may be waited for, so that this part of the bound passes before the side is asked whether it answers at all. */
const DOUBT_AFTER = 0.6;
/** A question is given no less time, in milliseconds, however soon the caller gives up: a busy side is no silent one. */
const LEAST_ASKED_MS = 250;
/** The part of the time that a caller waits in which it is found out that the side is silent. */
const WITHIN_CALLERS = 0.8;
/** How often a side that has stopped answering is asked, in milliseconds. */
const ASK_EVERY_MS = 1000;

export class Patience {
  readonly #options: PatienceOptions;
  readonly #outside = new AsyncResource('lockstep.migration.patience');
  #isAnswering = true;
  #isClosed = false;
  #asking: NodeJS.Timeout | undefined;

  constructor(options: PatienceOptions) {
    this.#options = options;
  }

  /** Whether the new side is worth a call. */
  get isAnswering(): boolean {
    return this.#isAnswering;
  }

  /** The answer of the new side. Rejects with UNAVAILABLE where it gives none in time; the call then goes on unwatched. */
  async within<T>(call: () => Promise<T>): Promise<T> {
    if (!this.#isAnswering) throw silent();
    const answer = call();
    const wait = timer(this.#options.boundMs);
    try {
      const first = await Promise.race([answer.then(() => true), wait.over.then(() => false)]);
      if (first) return await answer;
    } finally {
      wait.clear();
    }
    answer.catch(() => undefined);
    // Whether it is this call that takes its time, or the side: others need not find out each for itself.
    void this.#answersIn(this.#options.boundMs);
    throw silent();
  }

  /**
   * Resolves when the new side does not answer, and not before the bound; never for one that does, whatever else is waited for.
   * `until` ends the watch.
   *
   * @param leftMs How long the caller itself waits; the bound lies within. Absent: it does not say.
   */
  async silence(until: AbortSignal, leftMs: number = Infinity): Promise<void> {
    const boundMs = Math.min(this.#options.boundMs, WITHIN_CALLERS * leftMs);
    const askedMs = Math.max(LEAST_ASKED_MS, boundMs * (1 - DOUBT_AFTER));
    while (!until.aborted) {
      const wait = timer(boundMs * DOUBT_AFTER, until);
      await wait.over;
      if (until.aborted) break;
      if (!(await this.#answersIn(askedMs))) return;
    }
    return new Promise(() => {});
  }

  /** Asks a silent side at once, for an operator who knows that it is back. */
  async recheck(): Promise<void> {
    if (this.#isAnswering) return;
    const wait = timer(this.#options.boundMs);
    const isThere = await Promise.race([this.#ask(), wait.over.then(() => false)]);
    wait.clear();
    if (isThere) this.#isAnswering = true;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#asking);
  }

  /** Asks it; a side that gives no answer is asked again from time to time, by nobody who waits. */
  async #answersIn(boundMs: number): Promise<boolean> {
    if (!this.#isAnswering) return false;
    const wait = timer(boundMs);
    const isThere = await Promise.race([this.#ask(), wait.over.then(() => false)]);
    wait.clear();
    if (!isThere && this.#isAnswering) {
      this.#isAnswering = false;
      this.#askLater();
    }
    return isThere;
  }

  /** In no section. A refusal is an answer, too: whoever calls next is told so at once. */
  async #ask(): Promise<boolean> {
    const asked = this.#outside.runInAsyncScope(async () => this.#options.probe());
    return asked.then(
      () => true,
      () => true,
    );
  }

  async #findAgain(): Promise<void> {
    if (await this.#ask()) this.#isAnswering = true;
  }

  #askLater(): void {
    if (this.#isClosed) return;
    this.#asking = setTimeout(() => {
      void this.#findAgain();
      // One question that is never answered does not keep the next from being asked.
      const again = setTimeout(() => {
        if (!this.#isAnswering) this.#askLater();
      }, ASK_EVERY_MS).unref();
      this.#asking = again;
    }, ASK_EVERY_MS).unref();
  }
}

interface Timer {
  readonly over: Promise<void>;
  readonly clear: () => void;
}

function timer(ms: number, until?: AbortSignal): Timer {
  let clear = (): void => {};
  const over = new Promise<void>((resolve) => {
    const timeout = setTimeout(resolve, ms);
    clear = () => {
      clearTimeout(timeout);
      resolve();
    };
    until?.addEventListener('abort', clear, { once: true });
  });
  return { over, clear: () => clear() };
}

function silent(): StorageError {
  return new StorageError(
    'UNAVAILABLE',
    'Expected an answer of the new side, but it gives none. The old side goes on without it; what it is owed is kept.',
  );
}
