/**
 * Queues within this process, in front of the database's lock.
 *
 * They exclude nobody: the advisory lock alone does that. They keep waiters off the pool: without them the
 * waiters for one busy stream would hold every connection, and streams that nobody locked would wait as well. A few may go
 * ahead all the same, so that the database grants a lock as soon as it is free, and not a round trip later.
 */
import { StorageError } from '../../contract/index.ts';
import { waitFor, type Wait } from './wait.ts';

/** The most callers that may wait in one queue; a further one is UNAVAILABLE. */
const MAX_WAITERS = 10_000;

/** Gives the place back, once; later calls do nothing. */
export type Leave = () => void;

interface Queue {
  taken: number;
  readonly waiters: Set<() => void>;
}

export class Queues {
  readonly #places: number;
  readonly #mostAhead: number;
  /** How many are inside ahead of their turn, one in each of so many queues. */
  #ahead = 0;
  /** Queues with a taken place. */
  readonly #queues = new Map<string, Queue>();

  /**
   * `places`: how many callers of one queue may be inside at once. `mostAhead`: one more may be in so many queues at once.
   * Default: none.
   */
  constructor(places: number, mostAhead = 0) {
    this.#places = places;
    this.#mostAhead = mostAhead;
  }

  /** Resolves when a place is free, first come first served. Errors: those of `wait`, UNAVAILABLE. */
  async enter(name: string, wait: Wait): Promise<Leave> {
    const queue = this.#queues.get(name) ?? { taken: 0, waiters: new Set() };
    this.#queues.set(name, queue);
    // Nobody overtakes those who wait already.
    if (queue.waiters.size > 0 || !this.#admit(queue)) {
      if (queue.waiters.size >= MAX_WAITERS) throw crowded();
      await waitFor<void>(wait, (resolve) => {
        // Whoever leaves hands its place over, so nobody who comes in between can take it.
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

  /** Takes a place for a caller, or lets it go ahead. Returns whether that was possible. */
  #admit(queue: Queue): boolean {
    if (queue.taken > this.#places) return false;
    if (queue.taken === this.#places) {
      if (this.#ahead === this.#mostAhead) return false;
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
