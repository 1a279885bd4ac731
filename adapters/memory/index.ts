/**
 * The reference adapter: every surface, in the memory of one process.
 *
 * Instances of one namespace in one process share records and locks. Other processes share nothing, and nothing
 * outlives the process. Writes through a view are staged, and are applied together when the callback has resolved.
 * Writes outside a section apply at once. If another caller has meanwhile stored one of the new ids of a section, the
 * section rolls back with ALREADY_EXISTS. Sections of different streams commit independently, even when nested.
 */
import { setMaxListeners } from 'node:events';
import type { Capabilities, Clock, StorageAdapter, Writer } from '../contract/index.ts';
import { closed } from '../contract/rules/refusals.ts';
import { createActivityStore } from './stores/activity.ts';
import { createAuthority } from './authority.ts';
import { createExportRepository } from './stores/exports.ts';
import { createIdempotencyStore } from './stores/idempotency.ts';
import { createIdempotencyClaims } from './stores/idempotencyClaims.ts';
import type { Opened, Session } from './session.ts';
import { openStore, type Store } from './store.ts';
import { createStreamStore } from './stores/streams.ts';
import { createUserStore } from './stores/users.ts';
import { createWithLock } from './withLock.ts';

export interface MemoryOptions {
  /** Instances with the same namespace share records and locks. */
  readonly namespace: string;
  /** Returns milliseconds since 1970. The time of a namespace never goes back, even if the clock of one instance lags. */
  readonly clock: Clock;
}

/** The capabilities that a target of the memory adapter declares. */
export const MEMORY_CAPABILITIES: Partial<Capabilities> = {
  atomic: true,
  lockTimeout: true,
  ttl: true,
  idempotencyClaims: true,
  exportClaims: true,
};

/**
 * Opens an instance in memory.
 *
 * @example
 * ```ts
 * const adapter = createMemoryAdapter({ namespace: 'test', clock: () => Date.now() });
 * ```
 */
export function createMemoryAdapter({ namespace, clock }: MemoryOptions): StorageAdapter {
  return createInstance({ store: openStore(namespace), clock });
}

interface Of {
  readonly store: Store;
  readonly clock: Clock;
  /**
   * Present in an instance for one writer: the writer, and the instance that opened it. Closing that one closes this
   * one.
   */
  readonly whole?: Opened;
  readonly writer?: Writer;
}

function createInstance({ store, clock, whole, writer }: Of): StorageAdapter {
  const end = new AbortController();
  const ended = whole === undefined ? end.signal : AbortSignal.any([whole.ended, end.signal]);
  // Every wait adds a listener and removes it. Node's warning about more than ten listeners is about leaks.
  setMaxListeners(0, ended);
  const opened: Opened = { store, clock, instance: whole?.instance ?? end, ended, writer };
  const session = createSession(opened);
  return {
    streamRepository: {
      streams: createStreamStore(session),
      users: createUserStore(session),
      activity: createActivityStore(session),
      withLock: createWithLock(opened),
    },
    idempotencyStore: { ...createIdempotencyStore(session), ...createIdempotencyClaims(session) },
    exportRepository: createExportRepository(session),
    authority: createAuthority(opened, (one) =>
      createInstance({ store, clock, whole: whole ?? opened, writer: one }),
    ),
    // eslint-disable-next-line typescript/require-await
    async close() {
      end.abort();
    },
    [Symbol.asyncDispose]() {
      return this.close();
    },
  };
}

function createSession({ store, clock, ended, writer }: Opened): Session {
  async function whileOpen<R>(action: () => R): Promise<R> {
    if (ended.aborted) throw closed('instance');
    return action();
  }
  return {
    tables: store.tables,
    stamp: () => store.stamp(clock),
    now: () => store.now(clock),
    read: whileOpen,
    write: (action) =>
      whileOpen(() => {
        store.authority.judge(writer);
        return action();
      }),
  };
}
