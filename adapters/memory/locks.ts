/** Exclusive locks by id within one process, granted in the order of requests. */
import { StorageError } from '../contract/index.ts';
import { lockTimeout } from '../contract/rules/refusals.ts';

/**
 * How long a caller without `timeoutMs` waits for a lock, in milliseconds. It is bounded, so that callers that wait for
 * each other get LOCK_TIMEOUT instead of hanging forever.
 */
export const DEFAULT_LOCK_WAIT_MS = 10_000;

/** The most callers that may wait for one lock. A further one is UNAVAILABLE. */
export const MAX_LOCK_WAITERS = 10_000;

/** The longest delay of a Node timer. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export interface WaitOptions {
  readonly timeoutMs: number;
  readonly signals: readonly { readonly signal: AbortSignal; readonly error: () => StorageError }[];
}

/** Frees the lock. Later calls do nothing. */
export type Release = () => void;

export class LockQueue {
  /** The waiters of each held lock, by id. A lock that nobody holds has no entry. */
  readonly #held = new Map<string, Set<() => void>>();

  /** Resolves when the caller holds the lock. Errors: LOCK_TIMEOUT, UNAVAILABLE, and the errors of the signals. */
  async acquire(id: string, options: WaitOptions): Promise<Release> {
    for (const { signal, error } of options.signals) if (signal.aborted) throw error();
    const waiters = this.#held.get(id);
    if (waiters === undefined) this.#held.set(id, new Set());
    else await this.#wait(id, waiters, options);
    let isHeld = true;
    return () => {
      if (isHeld) this.#pass(id);
      isHeld = false;
    };
  }

  #wait(id: string, waiters: Set<() => void>, { timeoutMs, signals }: WaitOptions): Promise<void> {
    if (waiters.size >= MAX_LOCK_WAITERS) return Promise.reject(crowded(id));
    return new Promise((resolve, reject) => {
      // Whatever ends the wait removes the waiter from the queue at once, so it cannot acquire the lock later.
      const end = (): void => {
        clearTimeout(timer);
        waiters.delete(grant);
        for (const { signal, listener } of listeners) signal.removeEventListener('abort', listener);
      };
      const grant = (): void => {
        end();
        resolve();
      };
      const refuse = (error: StorageError): void => {
        end();
        reject(error);
      };
      const timer = setTimeout(() => refuse(lockTimeout(id, timeoutMs)), Math.min(timeoutMs, MAX_TIMER_MS));
      const listeners = signals.map(({ signal, error }) => ({ signal, listener: () => refuse(error()) }));
      for (const { signal, listener } of listeners) signal.addEventListener('abort', listener);
      waiters.add(grant);
    });
  }

  #pass(id: string): void {
    const [next] = this.#held.get(id) ?? [];
    if (next === undefined) this.#held.delete(id);
    else next();
  }
}

function crowded(id: string): StorageError {
  return new StorageError(
    'UNAVAILABLE',
    `Expected at most ${MAX_LOCK_WAITERS} callers to wait for the lock of ${JSON.stringify(id)}. Try again later.`,
    { details: { streamId: id } },
  );
}
