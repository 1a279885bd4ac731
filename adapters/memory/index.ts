/**
 * The reference adapter: every surface, in the memory of one process.
 *
 * Instances of one namespace in one process share records and locks; other processes share nothing. Nothing
 * outlives the process. Writes through a view are staged and applied together when the callback has resolved;
 * writes outside a section apply at once. A section whose new ids somebody else has stored meanwhile rolls back
 * with ALREADY_EXISTS. Sections of different streams commit on their own, also when nested.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { setMaxListeners } from 'node:events';
import {
  StorageError,
  validateId,
  validateTimeout,
  type Capabilities,
  type Clock,
  type LockedView,
  type LockOptions,
  type StorageAdapter,
} from '../contract/index.ts';
import { createActivityStore } from './activity.ts';
import { createExportRepository } from './exports.ts';
import { createIdempotencyStore } from './idempotency.ts';
import { createIdempotencyClaims } from './idempotencyClaims.ts';
import { DEFAULT_LOCK_WAIT_MS } from './locks.ts';
import { Section } from './section.ts';
import { closed, type Session } from './session.ts';
import { openStore, type Store } from './store.ts';
import { createStreamStore } from './streams.ts';
import { createUserStore } from './users.ts';

export interface MemoryOptions {
  /** Instances with one namespace share records and locks. */
  readonly namespace: string;
  /** Milliseconds since 1970. The namespace never goes back when one instance's clock lags. */
  readonly clock: Clock;
}

export const MEMORY_CAPABILITIES: Partial<Capabilities> = {
  atomic: true,
  lockTimeout: true,
  ttl: true,
  idempotencyClaims: true,
  exportClaims: true,
};

export function createMemoryAdapter({ namespace, clock }: MemoryOptions): StorageAdapter {
  const store = openStore(namespace);
  const end = new AbortController();
  // Every wait listens, and leaves: Node's warning about more than ten listeners is about leaks.
  setMaxListeners(0, end.signal);
  const session = createSession(store, clock, end.signal);
  return {
    streamRepository: {
      streams: createStreamStore(session),
      users: createUserStore(session),
      activity: createActivityStore(session),
      withLock: createWithLock(store, clock, end.signal),
    },
    idempotencyStore: { ...createIdempotencyStore(session), ...createIdempotencyClaims(session) },
    exportRepository: createExportRepository(session),
    // eslint-disable-next-line typescript/require-await
    async close() {
      end.abort();
    },
    [Symbol.asyncDispose]() {
      return this.close();
    },
  };
}

function createSession(store: Store, clock: Clock, ended: AbortSignal): Session {
  async function whileOpen<R>(action: () => R): Promise<R> {
    if (ended.aborted) throw closed('instance');
    return action();
  }
  return {
    tables: store.tables,
    stamp: () => store.stamp(clock),
    now: () => store.now(clock),
    read: whileOpen,
    write: whileOpen,
  };
}

/** A section around the running code. */
interface Enclosing {
  /** The instance's own lock function: another instance waits for the lock like any other caller. */
  readonly owner: WithLock;
  readonly streamId: string;
  readonly section: Section;
  readonly outer: Enclosing | undefined;
}

type WithLock = <T>(
  streamId: string,
  callback: (view: LockedView) => Promise<T>,
  options?: LockOptions,
) => Promise<T>;

/** One for the module: Node visits every storage in use at every asynchronous call. */
const enclosing = new AsyncLocalStorage<Enclosing>();

function createWithLock(store: Store, clock: Clock, ended: AbortSignal): WithLock {
  const withLock: WithLock = async (streamId, callback, options = {}) => {
    if (ended.aborted) throw closed('instance');
    const { timeoutMs = DEFAULT_LOCK_WAIT_MS, signal } = options;
    validateId(streamId, 'streamId');
    validateTimeout(timeoutMs);
    const outer = enclosing.getStore();
    if (holds(outer, withLock, streamId)) throw reentrant(streamId);
    const signals = [{ signal: ended, error: () => closed('instance') }];
    if (signal !== undefined) signals.push({ signal, error: () => aborted(streamId) });
    const release = await store.locks.acquire(streamId, { timeoutMs, signals });
    const section = new Section(store, clock, ended);
    try {
      // The instance may have been closed since the grant.
      if (ended.aborted) throw closed('instance');
      const around: Enclosing = { owner: withLock, streamId, section, outer };
      const value = await enclosing.run(around, () => callback(section.view));
      section.commit();
      return value;
    } finally {
      section.end();
      release();
    }
  };
  return withLock;
}

/** Whether one of the sections around the running code has the lock. Those that ended do not count. */
function holds(innermost: Enclosing | undefined, owner: WithLock, streamId: string): boolean {
  for (let around = innermost; around !== undefined; around = around.outer) {
    if (around.owner === owner && around.streamId === streamId && around.section.isOpen) return true;
  }
  return false;
}

function reentrant(streamId: string): StorageError {
  return new StorageError(
    'LOCK_REENTRANT',
    `Expected a stream that the caller has not locked, got ${JSON.stringify(streamId)}. Use the view of the outer section.`,
    { details: { streamId } },
  );
}

function aborted(streamId: string): StorageError {
  return new StorageError(
    'ABORTED',
    `Expected the lock of ${JSON.stringify(streamId)}, but the caller's signal was aborted while waiting.`,
    { details: { streamId } },
  );
}
