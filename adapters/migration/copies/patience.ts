/**
 * How long the deciding side waits for the other side. A side that refuses says so at once. A frozen side, or one behind a
 * network that swallows everything, never answers, and everybody who waited for it would stand still. A slow side answers, but
 * would make everybody as slow as itself.
 */
import { AsyncResource } from 'node:async_hooks';
import { StorageError } from '../../contract/index.ts';

export interface PatienceOptions {
  /** How long the deciding side waits at most for the other side, in milliseconds. */
  readonly boundMs: number;
  /** A side is slow if several answers in a row take longer than this, in milliseconds. Nothing waits for a slow side. */
  readonly slowMs: number;
  /** A question that the other side answers if it answers anything. */
  readonly probe: () => Promise<unknown>;
}

/** A call may just wait for a lock, so the side is asked whether it answers at all only after this part of the bound. */
const DOUBT_AFTER = 0.6;
/** The least time for such a question, in milliseconds, however soon the caller gives up. A busy side is not silent. */
const MIN_ASKED_MS = 250;
/** A silent side must be found out within this part of the caller's time. */
const WITHIN_CALLERS = 0.8;
/** How often a silent side is asked again, in milliseconds. */
const ASK_EVERY_MS = 1000;
/** After so many slow answers in a row a side counts as slow, and after so many prompt ones as prompt. */
const IN_A_ROW = 3;
/** A slow side takes so many times as long as the deciding side. Otherwise the machine is slow. */
const TIMES_AS_LONG = 3;
/** A side that is indispensable gets so many bounds to answer anything, because the machine may be starved. */
const TIMES_AS_PATIENT = 3;

export interface Wait {
  /** How long the caller itself waits, in milliseconds. Absent: the caller does not say. */
  readonly leftMs?: number | undefined;
  /** Whether the wait ends with the bound even if the side answers questions. */
  readonly isBounded: boolean;
}

/** `ended`: the call has ended. `silent`: the side does not answer. `late`: the side answers, but the time is over. */
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
  /** Functions that end the current waits as soon as the side is found to be silent. */
  readonly #waits = new Set<() => void>();

  constructor(options: PatienceOptions) {
    this.#options = options;
  }

  /** How long the deciding side waits at most for the other side, in milliseconds. */
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

  /** Notes how long the other side and the deciding side took to answer, in milliseconds. */
  note(otherMs: number, decidingMs: number): void {
    const tookLong = otherMs > this.#options.slowMs && otherMs > TIMES_AS_LONG * decidingMs;
    this.#contradicting = tookLong === this.#isSlow ? 0 : this.#contradicting + 1;
    if (this.#contradicting < IN_A_ROW) return;
    this.#isSlow = tookLong;
    this.#contradicting = 0;
  }

  /** The answer of the other side. Rejects with UNAVAILABLE if there is none in time. The call then goes on unwatched. */
  async within<T>(call: () => Promise<T>): Promise<T> {
    if (!this.#isAnswering) throw silent();
    const answer = call();
    // Meanwhile the side is asked whether it answers at all, so that later callers need not wait to find out.
    if ((await this.#waitedBound(answer, this.#options.boundMs)) === 'ended') return answer;
    answer.catch(() => undefined);
    throw silent();
  }

  /**
   * The answer of the other side, however long it takes, while the side answers questions. It is for calls that must end before
   * the authority can move. Rejects with UNAVAILABLE if the side falls silent.
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
   * Waits for `waiting`, which may need a lock that somebody else holds on the other side. Waits no longer than the caller, and
   * no longer than the bound if the side does not answer.
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
      // The side is silent, or so busy that the caller has no time to find out.
      if (!answered) return 'silent';
      if (performance.now() >= until - boundMs * DOUBT_AFTER)
        return (await isOver(waiting, until - performance.now())) ? 'ended' : 'late';
    }
    return 'ended';
  }

  /** Finds out whether the side answers, before an operation has to wait for it. Called when the side has taken long. */
  async doubt(): Promise<void> {
    await this.#answersIn(this.#askedMs(this.#options.boundMs));
  }

  /** Asks a silent side at once. An operator may know that it is back. */
  async recheck(): Promise<void> {
    if (!this.#isAnswering) await this.#isThere(this.#options.boundMs);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#asking);
  }

  /** Asks the side during the wait. So at its end it is known whether other callers have to wait as well. */
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
    return Math.max(MIN_ASKED_MS, boundMs * (1 - DOUBT_AFTER));
  }

  /** Asks the side, unless it is known to be silent. */
  async #answersIn(boundMs: number): Promise<boolean> {
    return this.#isAnswering && this.#isThere(boundMs, this.#waits);
  }

  /** Asks the side. If it gives no answer, it is asked again from time to time in the background. */
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

  /** Asks outside the caller's section. A refusal is an answer, too, because the next caller is refused at once. */
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
      // The next question is asked even if this one is never answered.
      const again = setTimeout(() => {
        if (!this.#isAnswering) this.#askLater();
      }, ASK_EVERY_MS).unref();
      this.#asking = again;
    }, ASK_EVERY_MS).unref();
  }
}

/** Whether `waiting` settles within so many milliseconds, and before its function in `ends` is called. */
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
    'Expected an answer of the other side, but it gives none. The deciding side goes on without it, and keeps what is owed.',
  );
}
