/**
 * Queues within this process, in front of the database's lock.
 *
 * They exclude nobody: only the advisory lock does. They keep waiting callers off the pool. Otherwise the callers that
 * wait for one busy stream would hold every connection, and even calls for unlocked streams would have to wait. A few
 * callers may go ahead nevertheless, so that the database grants a lock at once, and not a round trip later.
 */
import { StorageError } from '../../contract/index.ts';
import { waitFor, type Wait } from './wait.ts';

/** The most callers that may wait in one queue. A further one is UNAVAILABLE. */
const MAX_WAITERS = 10_000;

/** Gives the place back. Later calls do nothing. */
export type Leave = () => void;

interface Queue {
  taken: number;
  readonly waiters: Set<() => void>;
}

export class Queues {
  readonly #places: number;
  readonly #maxAhead: number;
  /** How many callers were let in ahead of their turn: at most one per queue. */
  #ahead = 0;
  /** The queues in which at least one place is taken. */
  readonly #queues = new Map<string, Queue>();

  /**
   * `places`: how many callers of one queue may be inside at once. `maxAhead`: in how many queues one more may be let
   * in at the same time. Default: none.
   */
  constructor(places: number, maxAhead = 0) {
    this.#places = places;
    this.#maxAhead = maxAhead;
  }

  /** Resolves when a place is free, in the order of calls. Errors: those of `wait`, UNAVAILABLE. */
  async enter(name: string, wait: Wait): Promise<Leave> {
    const queue = this.#queues.get(name) ?? { taken: 0, waiters: new Set() };
    this.#queues.set(name, queue);
    // Nobody overtakes a caller that already waits.
    if (queue.waiters.size > 0 || !this.#admit(queue)) {
      if (queue.waiters.size >= MAX_WAITERS) throw crowded();
      await waitFor<void>(wait, (resolve) => {
        // A leaving caller passes its place on directly, so no newcomer can take it.
        const grant = (): void => resolve();
        queue.waiters.add(grant);
        return () => queue.waiters.delete(grant);
      });
    }
    let isInside = true;
    return () => {
      if (isInside) this.#leave(name);
      isInside = false;
    };
  }

  /** Takes a place for a caller, or lets it go ahead. Returns whether either was possible. */
  #admit(queue: Queue): boolean {
    if (queue.taken > this.#places) return false;
    if (queue.taken === this.#places) {
      if (this.#ahead === this.#maxAhead) return false;
      this.#ahead += 1;
    }
    queue.taken += 1;
    return true;
  }

  #leave(name: string): void {
    const queue = this.#queues.get(name);
    if (queue === undefined) return;
    if (queue.taken > this.#places) this.#ahead -= 1;
    queue.taken -= 1;
    const [next] = queue.waiters;
    if (next !== undefined && this.#admit(queue)) {
      queue.waiters.delete(next);
      next();
    }
    if (queue.taken === 0) this.#queues.delete(name);
  }
}

function crowded(): StorageError {
  return new StorageError(
    'UNAVAILABLE',
    `Expected at most ${MAX_WAITERS} callers to wait for one lock. Nothing happened; try again later.`,
  );
}
