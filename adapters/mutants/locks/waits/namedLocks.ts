/** Locks that can be released by name, whoever holds them, like keys of Redis or rows of a table. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import {
  StorageError,
  type LockOptions,
  type OpenOptions,
  type StorageAdapter,
  type StorageErrorCode,
} from '../../../contract/index.ts';
import { lockOf, replaceLock } from '../../mutant.ts';

interface Waiter {
  readonly owner: string;
  readonly grant: () => void;
  readonly refuse: (code: StorageErrorCode) => void;
}

interface Queue {
  readonly owner: string;
  readonly waiters: readonly Waiter[];
}

export class NamedLocks {
  readonly #queues = new Map<string, Queue>();

  names(): string[] {
    return [...this.#queues.keys()];
  }

  /** `ended` is called when the wait fails. */
  acquire(
    name: string,
    owner: string,
    { timeoutMs, signal }: LockOptions,
    ended?: (code: StorageErrorCode) => void,
  ): Promise<void> {
    const queue = this.#queues.get(name);
    if (signal?.aborted === true) return Promise.reject(refusal('ABORTED'));
    if (queue === undefined) {
      this.#queues.set(name, { owner, waiters: [] });
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const over = new AbortController();
      const leave = (): void => {
        over.abort();
        const now = this.#queues.get(name) as Queue;
        this.#queues.set(name, { ...now, waiters: now.waiters.filter((one) => one !== waiter) });
      };
      const waiter: Waiter = {
        owner,
        grant: () => {
          over.abort();
          resolve();
        },
        refuse: (code) => {
          leave();
          reject(refusal(code));
        },
      };
      this.#queues.set(name, { ...queue, waiters: [...queue.waiters, waiter] });
      const end = (code: StorageErrorCode): void => {
        waiter.refuse(code);
        ended?.(code);
      };
      signal?.addEventListener('abort', () => end('ABORTED'), { signal: over.signal });
      if (timeoutMs === undefined || timeoutMs >= 2 ** 31) return;
      const timer = setTimeout(() => end('LOCK_TIMEOUT'), timeoutMs);
      over.signal.addEventListener('abort', () => clearTimeout(timer));
    });
  }

  /** Releases the lock of any holder, or only of `owner` if it is given. */
  free(name: string, owner?: string): void {
    const queue = this.#queues.get(name);
    if (queue === undefined || (owner !== undefined && queue.owner !== owner)) return;
    const [next, ...waiters] = queue.waiters;
    if (next === undefined) this.#queues.delete(name);
    else this.#queues.set(name, { owner: next.owner, waiters });
    next?.grant();
  }

  refuseAll(name: string, code: StorageErrorCode): void {
    for (const waiter of this.#queues.get(name)?.waiters ?? []) waiter.refuse(code);
  }
}

function refusal(code: StorageErrorCode): StorageError {
  return new StorageError(code, 'Expected the lock.');
}

interface Holding {
  readonly name: string;
  readonly outer: Holding | undefined;
  isOpen: boolean;
}

/** The decisions that a mutant changes. */
export interface LockDecisions {
  acquire?(name: string, owner: string, options: LockOptions): Promise<void>;
  granted?(name: string, owner: string, options: LockOptions): void;
  released?(name: string, owner: string): void;
}

const holding = new AsyncLocalStorage<Holding>();

/** The name of a lock. All instances of the process that share the namespace use it. */
export function nameOf({ namespace }: OpenOptions, id: string): string {
  return `${namespace} ${id}`;
}

/** `adapter`, whose sections take a lock by name, and then run in a section of their own. */
export function withNamedLocks(
  adapter: StorageAdapter,
  options: OpenOptions,
  locks: NamedLocks,
  otherwise: LockDecisions = {},
): StorageAdapter {
  return replaceLock(adapter, async (id, callback, asked = {}) => {
    const name = nameOf(options, id);
    const outer = holding.getStore();
    for (let one = outer; one !== undefined; one = one.outer)
      if (one.name === name && one.isOpen) throw refusal('LOCK_REENTRANT');
    const owner = randomUUID();
    await (otherwise.acquire?.(name, owner, asked) ?? locks.acquire(name, owner, asked));
    otherwise.granted?.(name, owner, asked);
    const frame: Holding = { name, outer, isOpen: true };
    try {
      return await lockOf(adapter)(owner, (view) => holding.run(frame, () => callback(view)));
    } finally {
      frame.isOpen = false;
      otherwise.released?.(name, owner);
      locks.free(name, owner);
    }
  });
}
