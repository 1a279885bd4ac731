/** Who may write to a store. Each write is checked in the same turn of the event loop in which it happens. */
import {
  accepts,
  fenced,
  isSameAuthority,
  NO_AUTHORITY,
  notExpected,
  type AuthoritySet,
  type AuthorityState,
  type Writer,
} from '../contract/index.ts';
import { LockQueue, type WaitOptions } from './locks.ts';

/** A section that holds its lock. */
export interface HeldSection {
  readonly writer: Writer | undefined;
  /** Ends the section: nothing commits, and its lock is free. */
  fence(): void;
}

/** The name of the lock for which changes of the state queue, and the callers that wait for such a change. */
const MOVE = 'the authority';
const NO_END = 2 ** 31 - 1;

export class StoreAuthority {
  #state: AuthorityState = NO_AUTHORITY;
  /** The state that is being set, while `set` waits for the sections that it refuses. */
  #coming: AuthorityState | undefined;
  readonly #held = new Set<HeldSection>();
  readonly #moves = new LockQueue();
  #onLeave: () => void = () => undefined;

  get state(): AuthorityState {
    return this.#state;
  }

  /** Throws FENCED. */
  judge(writer: Writer | undefined): void {
    if (!accepts(this.#state, writer)) throw fenced(writer, this.#state);
  }

  /** The state that is being set, if it refuses this writer. Then no section of the writer may begin. */
  turningAway(writer: Writer | undefined): AuthorityState | undefined {
    return this.#coming === undefined || accepts(this.#coming, writer) ? undefined : this.#coming;
  }

  /** Resolves when nobody is setting the state. Errors: LOCK_TIMEOUT, and the errors of the signals. */
  async settled(options: WaitOptions): Promise<void> {
    const release = await this.#moves.acquire(MOVE, options);
    release();
  }

  enter(section: HeldSection): void {
    this.#held.add(section);
  }

  leave(section: HeldSection): void {
    this.#held.delete(section);
    this.#onLeave();
  }

  /** Implements `set` of the contract's Authority. */
  async set(
    expected: AuthorityState,
    next: AuthorityState,
    drainMs: number,
    signals: WaitOptions['signals'],
  ): Promise<AuthoritySet> {
    const release = await this.#moves.acquire(MOVE, { timeoutMs: NO_END, signals });
    try {
      if (!isSameAuthority(this.#state, expected)) throw notExpected(expected, this.#state);
      const { epoch, decides, admitsUnmarked } = next;
      this.#coming = { epoch, decides, admitsUnmarked };
      await this.#drain(this.#coming, drainMs);
      // From here on everything happens in one turn of the event loop, so no section can begin in between.
      const late = this.#refusedBy(this.#coming);
      this.#state = this.#coming;
      for (const section of late) section.fence();
      return { ended: late.length };
    } finally {
      this.#coming = undefined;
      release();
    }
  }

  #refusedBy(state: AuthorityState): HeldSection[] {
    return [...this.#held].filter(({ writer }) => !accepts(state, writer));
  }

  /** Resolves when no section is left that `state` refuses, or when `drainMs` is over. */
  async #drain(state: AuthorityState, drainMs: number): Promise<void> {
    if (drainMs === 0 || this.#refusedBy(state).length === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.min(drainMs, NO_END));
      this.#onLeave = () => {
        if (this.#refusedBy(state).length > 0) return;
        clearTimeout(timer);
        resolve();
      };
    });
    this.#onLeave = () => undefined;
  }
}
