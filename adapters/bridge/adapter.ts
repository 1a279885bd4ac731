/** One instance over a store: its surfaces, its sections and how it is closed. */
import {
  validateId,
  validateTimeout,
  type Clock,
  type ExportRepository,
  type LockedView,
  type LockOptions,
  type RisingClock,
  type StorageAdapter,
  type Timestamp,
} from '../contract/index.ts';
import { defined } from '../contract/defined.ts';
import { aborted, closed } from '../contract/rules/refusals.ts';
import { createActivityStore, createAuditStore } from './activity.ts';
import { createJobStore } from './exports.ts';
import { createIdempotencyStore, createIdempotencyView } from './idempotency.ts';
import { Section } from './section.ts';
import type { Session } from './session.ts';
import type { PersistenceStore } from './store.ts';
import { createStreamStore, createUserStore } from './streams.ts';

export interface InstanceOptions {
  readonly store: PersistenceStore;
  /** Shared by all instances on one store, so that stamps increase whichever instance writes. */
  readonly stamps: RisingClock;
  /** Milliseconds since 1970. */
  readonly clock: Clock;
  /** Whether a failed write through the view undoes its section. */
  readonly atomic: boolean;
  /** Whether replay records of the store expire. */
  readonly ttl: boolean;
}

export function createInstance(options: InstanceOptions): StorageAdapter {
  const { store, ttl } = options;
  const instance = new Instance(options);
  const withLock = store.withLock === undefined ? undefined : createWithLock(instance, options);
  const repository = { ...streamSurfaces(instance, store), ...defined({ withLock }) };
  return {
    ...(Object.keys(repository).length === 0 ? {} : { streamRepository: repository }),
    ...defined({
      idempotencyStore: store.idempotency && createIdempotencyStore(instance, store.idempotency, ttl),
      exportRepository: exportSurface(instance, store),
    }),
    close: () => instance.close(),
    [Symbol.asyncDispose]: () => instance.close(),
  };
}

/** The session of calls outside sections. */
class Instance implements Session {
  readonly #options: InstanceOptions;
  #closing: Promise<void> | undefined;

  constructor(options: InstanceOptions) {
    this.#options = options;
  }

  get isClosed(): boolean {
    return this.#closing !== undefined;
  }

  stamp(): Timestamp {
    const { store, stamps, clock } = this.#options;
    return store.stamp?.() ?? stamps.stamp(clock);
  }

  async read<R>(action: () => R): Promise<R> {
    if (this.isClosed) throw closed('instance');
    return action();
  }

  async write<R>(action: () => R): Promise<R> {
    const value = await this.read(() => this.step(action));
    await this.#options.store.drain?.();
    return value;
  }

  /** See `step` of PersistenceStore. */
  step<R>(action: () => R): R {
    const { store } = this.#options;
    return store.step === undefined ? action() : store.step(action);
  }

  close(): Promise<void> {
    this.#closing ??= (async () => {
      await this.#options.store.drain?.();
    })();
    return this.#closing;
  }
}

function streamSurfaces(
  session: Session,
  { streams, users, activity }: PersistenceStore,
): Pick<LockedView, 'streams' | 'users' | 'activity'> {
  return defined({
    streams: streams && createStreamStore(session, streams),
    users: users && createUserStore(session, users),
    activity: activity && createActivityStore(session, activity),
  });
}

function exportSurface(
  session: Session,
  { exportJobs, exportAudit }: PersistenceStore,
): ExportRepository | undefined {
  if (exportJobs === undefined || exportAudit === undefined) return undefined;
  return { jobs: createJobStore(session, exportJobs), audit: createAuditStore(session, exportAudit) };
}

function viewOf(section: Session, store: PersistenceStore): LockedView {
  // The store cannot report a lost lock, so this is never aborted.
  let signal: AbortSignal | undefined;
  return {
    ...streamSurfaces(section, store),
    ...defined({
      idempotency: store.idempotency && createIdempotencyView(section, store.idempotency),
      exports: exportSurface(section, store),
    }),
    get signal() {
      signal ??= new AbortController().signal;
      return signal;
    },
  };
}

type WithLock = <T>(
  streamId: string,
  callback: (view: LockedView) => Promise<T>,
  options?: LockOptions,
) => Promise<T>;

/**
 * The store's own lock. The bridge hides none of its weaknesses: a lock that the caller already holds is requested from
 * the store again, and `timeoutMs` has no effect. The bridge only lets callers give up waiting.
 */
function createWithLock(instance: Instance, { store, atomic }: InstanceOptions): WithLock {
  return async (streamId, callback, { timeoutMs, signal } = {}) => {
    if (instance.isClosed) throw closed('instance');
    validateId(streamId, 'streamId');
    if (timeoutMs !== undefined) validateTimeout(timeoutMs);
    const section = async (): ReturnType<typeof callback> => {
      if (instance.isClosed) throw closed('instance');
      const current = new Section(instance, atomic);
      try {
        const value = await callback(viewOf(current, store));
        current.check();
        current.end();
        await store.drain?.();
        return value;
      } finally {
        current.end();
      }
    };
    return waitFor(store, streamId, section, signal);
  };
}

/** The section's value once the store has granted the lock. If it rejects with ABORTED, the section never starts. */
async function waitFor<T>(
  store: PersistenceStore,
  streamId: string,
  section: () => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  let state: 'waiting' | 'granted' | 'given up' = 'waiting';
  const granted = async (): Promise<T> => {
    if (state === 'given up') throw aborted(streamId);
    state = 'granted';
    return section();
  };
  if (signal === undefined) return (await store.withLock?.(streamId, granted)) as T;
  if (signal.aborted) throw aborted(streamId);
  let giveUp = (): void => {};
  const end = new Promise<never>((_resolve, reject) => {
    giveUp = () => {
      if (state !== 'waiting') return;
      state = 'given up';
      reject(aborted(streamId));
    };
  });
  signal.addEventListener('abort', giveUp);
  try {
    return (await Promise.race([store.withLock?.(streamId, granted), end])) as T;
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
