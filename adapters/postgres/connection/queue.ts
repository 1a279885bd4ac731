/**
 * Queues within this process, in front of the database's lock.
 *
 * They exclude nobody: the advisory lock alone does that. They keep waiters off the pool: without them the
 * waiters for one busy stream would hold every connection, and streams that nobody locked would wait as well.
 */
import { StorageError } from '../../contract/index.ts';
import { waitFor, type Wait } from './wait.ts';

/** The most callers that may wait in one queue; a further one is UNAVAILABLE. */
const MAX_WAITERS = 10_000;

/** Gives the place back, once; later calls do nothing. */
export type Leave = () => void;

export class Queues {
  readonly #places: number;
  /** Queues with a taken place. */
  readonly #queues = new Map<string, { taken: number; readonly waiters: Set<() => void> }>();

  /** `places`: how many callers of one queue may be inside at once. */
  constructor(places: number) {
    this.#places = places;
  }

  /** Resolves when a place is free, first come first served. Errors: those of `wait`, UNAVAILABLE. */
  async enter(name: string, wait: Wait): Promise<Leave> {
    const queue = this.#queues.get(name) ?? { taken: 0, waiters: new Set() };
    this.#queues.set(name, queue);
    if (queue.taken < this.#places) queue.taken += 1;
    else if (queue.waiters.size >= MAX_WAITERS) throw crowded();
    else {
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

  #leave(name: string): void {
    const queue = this.#queues.get(name);
    if (queue === undefined) return;
    const [next] = queue.waiters;
    if (next !== undefined) {
      queue.waiters.delete(next);
      next();
      return;
    }
    queue.taken -= 1;
    if (queue.taken === 0) this.#queues.delete(name);
  }
}

function crowded(): StorageError {
  return new StorageError(
    'UNAVAILABLE',
    `Expected at most ${MAX_WAITERS} callers to wait for one lock. Nothing happened; try again later.`,
  );
}
