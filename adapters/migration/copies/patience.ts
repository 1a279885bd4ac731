/**
 * How long the deciding side waits for the other one. A side that refuses says so at once; one that is frozen, or behind a
 * network that swallows everything, never does, and everybody who waited for it would stand still with it. One that has
 * become slow answers, and would make everybody as slow as itself.
 */
import { AsyncResource } from 'node:async_hooks';
import { StorageError } from '../../contract/index.ts';

export interface PatienceOptions {
  /** The longest that anything of the deciding side waits for the other one, in milliseconds. */
  readonly boundMs: number;
  /** A side whose answers take longer than this, in milliseconds, one after another, is not waited for. */
  readonly slowMs: number;
  /** Something that the other side answers whenever it answers at all. */
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
/** So many answers in a row say that a side has become slow, or is prompt again. */
const IN_A_ROW = 3;
/** A slow side takes so many times as long as the one that decides: else the machine is slow. */
const TIMES_AS_LONG = 3;
/** A side without which nothing can go on is given so many bounds to answer anything: a starved machine is no silent side. */
const TIMES_AS_PATIENT = 3;

export interface Wait {
  /** How long the caller itself waits, in milliseconds; absent: it does not say. */
  readonly leftMs?: number | undefined;
  /** Whether the wait ends with the bound, though the side answers. */
  readonly isBounded: boolean;
}

/** `ended`: what was waited for has ended; `silent`: the side does not answer; `late`: it does, and the time is over. */
export type Waited = 'ended' | 'silent' | 'late';

export class Patience {
  readonly #options: PatienceOptions;
  readonly #outside = new AsyncResource('lockstep.migration.patience');
  #isAnswering = true;
  #isSlow = false;
  /** Answers in a row that contradict `#isSlow`. */
  #contradicting = 0;
  #isClosed = false;
  #asking: NodeJS.Timeout | undefined;
  /** What ends the waits of the moment: nobody waits on for a side that is found to be silent. */
  readonly #waits = new Set<() => void>();

  constructor(options: PatienceOptions) {
    this.#options = options;
  }

  /** The longest that anything of the deciding side waits for the other one, in milliseconds. */
  get boundMs(): number {
    return this.#options.boundMs;
  }

  /** Whether the other side is worth a call. */
  get isAnswering(): boolean {
    return this.#isAnswering;
  }

  /** Whether it is worth waiting for. */
  get isPrompt(): boolean {
    return this.#isAnswering && !this.#isSlow;
  }

  /** How long the other side took to answer, and how long the one that decides did, in milliseconds. */
  note(otherMs: number, decidingMs: number): void {
    const tookLong = otherMs > this.#options.slowMs && otherMs > TIMES_AS_LONG * decidingMs;
    this.#contradicting = tookLong === this.#isSlow ? 0 : this.#contradicting + 1;
    if (this.#contradicting < IN_A_ROW) return;
    this.#isSlow = tookLong;
    this.#contradicting = 0;
  }

  /** The answer of the other side. Rejects with UNAVAILABLE where it gives none in time; the call then goes on unwatched. */
  async within<T>(call: () => Promise<T>): Promise<T> {
    if (!this.#isAnswering) throw silent();
    const answer = call();
    // Whether it is this call that takes its time, or the side, is found out meanwhile: nobody waits for that a second time.
    if ((await this.#waitedBound(answer, this.#options.boundMs)) === 'ended') return answer;
    answer.catch(() => undefined);
    throw silent();
  }

  /**
   * The answer of the other side, however long it takes, as long as the side answers anything: for calls that must end, since the
   * authority moves only then. Rejects with UNAVAILABLE where it does not.
   */
  async whileAnswering<T>(call: () => Promise<T>): Promise<T> {
    const patientMs = TIMES_AS_PATIENT * this.#options.boundMs;
    if (!this.#isAnswering && !(await this.#isThere(patientMs))) throw silent();
    const answer = call();
    while (!(await isOver(answer, this.#options.boundMs))) {
      if (await this.#isThere(patientMs)) continue;
      answer.catch(() => undefined);
      throw silent();
    }
    return answer;
  }

  /**
   * Waits for `waiting`, which a lock of the other side may hold back for as long as somebody holds that: for no longer than the
   * bound where the side does not answer, nor than the caller waits.
   */
  async waited(waiting: Promise<unknown>, { leftMs = Infinity, isBounded }: Wait): Promise<Waited> {
    const until = performance.now() + leftMs;
    const boundMs = Math.min(this.#options.boundMs, WITHIN_CALLERS * leftMs);
    if (isBounded) return this.#waitedBound(waiting, boundMs);
    while (!(await isOver(waiting, boundMs * DOUBT_AFTER, this.#waits))) {
      const asked = this.#answersIn(this.#askedMs(boundMs));
      const left = until - performance.now();
      const answered = await Promise.race([
        waiting.then(
          () => 'ended' as const,
          () => 'ended' as const,
        ),
        asked,
        ...(left === Infinity ? [] : [after(Math.max(0, left))]),
      ]);
      if (answered === 'ended') return answered;
      // Whether the side is silent or busy, the caller has no time to find out.
      if (!answered) return 'silent';
      if (performance.now() >= until - boundMs * DOUBT_AFTER)
        return (await isOver(waiting, until - performance.now())) ? 'ended' : 'late';
    }
    return 'ended';
  }

  /** For somebody whom the side has kept waiting: finds out whether it answers, before an operation has to wait for it. */
  async doubt(): Promise<void> {
    await this.#answersIn(this.#askedMs(this.#options.boundMs));
  }

  /** Asks a silent side at once, for an operator who knows that it is back. */
  async recheck(): Promise<void> {
    if (!this.#isAnswering) await this.#isThere(this.#options.boundMs);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#asking);
  }

  /** The side is asked meanwhile, so that it is known with the end of the wait whether others have to wait as well. */
  async #waitedBound(waiting: Promise<unknown>, boundMs: number): Promise<Waited> {
    const start = performance.now();
    if (await isOver(waiting, boundMs * DOUBT_AFTER, this.#waits)) return 'ended';
    const asked = this.#answersIn(this.#askedMs(boundMs));
    const either = Promise.race([waiting, asked.then((isThere) => (isThere ? waiting : undefined))]);
    await isOver(either, start + boundMs - performance.now());
    if (!this.#isAnswering) return 'silent';
    return (await isOver(waiting, 0)) ? 'ended' : 'late';
  }

  #askedMs(boundMs: number): number {
    return Math.max(LEAST_ASKED_MS, boundMs * (1 - DOUBT_AFTER));
  }

  /** Asks it, unless it is known to be silent. */
  async #answersIn(boundMs: number): Promise<boolean> {
    return this.#isAnswering && this.#isThere(boundMs, this.#waits);
  }

  /** Asks it; a side that gives no answer is asked again from time to time, by nobody who waits. */
  async #isThere(boundMs: number, ends?: Set<() => void>): Promise<boolean> {
    const isThere = await isOver(this.#ask(), boundMs, ends);
    if (isThere) this.#isAnswering = true;
    else if (this.#isAnswering) {
      this.#isAnswering = false;
      for (const end of this.#waits) end();
      this.#askLater();
    }
    return isThere;
  }

  /** In no section. A refusal is an answer, too: whoever calls next is told so at once. */
  async #ask(): Promise<void> {
    const asked = this.#outside.runInAsyncScope(async () => this.#options.probe());
    await asked.catch(() => undefined);
  }

  async #findAgain(): Promise<void> {
    await this.#ask();
    this.#isAnswering = true;
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

/** Whether `waiting` settles within so many milliseconds, and before what is in `ends` meanwhile is called. */
async function isOver(
  waiting: Promise<unknown>,
  ms: number,
  ends: Set<() => void> = new Set(),
): Promise<boolean> {
  let end = (): void => undefined;
  const over = new Promise<boolean>((resolve) => {
    end = () => resolve(false);
  });
  const timeout = setTimeout(end, ms);
  ends.add(end);
  try {
    return await Promise.race([
      waiting.then(
        () => true,
        () => true,
      ),
      over,
    ]);
  } finally {
    clearTimeout(timeout);
    ends.delete(end);
  }
}

function after(ms: number): Promise<false> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(false), ms).unref();
  });
}

function silent(): StorageError {
  return new StorageError(
    'UNAVAILABLE',
    'Expected an answer of the other side, but it gives none. The deciding side goes on without it; what it is owed is kept.',
  );
}
