/**
 * Mutants are reference adapters with one seeded bug that real adapters have. If a suite does not catch them, it
 * proves nothing. Equivalents are correct adapters written differently. If a suite accuses them, it is wrong.
 * Each wraps an opened reference adapter and changes one decision, or rewrites the SQL that the reference sends.
 */
import type { Pool } from 'pg';
import type {
  Authority,
  Capabilities,
  IdRule,
  Json,
  LockedView,
  LockOptions,
  OpenOptions,
  StorageAdapter,
  StreamRepository,
  TargetDefinition,
} from '../contract/index.ts';
import { defined } from '../contract/defined.ts';

export const MUTANT_BASES = ['memory', 'postgres', 'postgres-lease', 'migration'] as const;
export type MutantBase = (typeof MUTANT_BASES)[number];
/** The bases that need no database. */
export const BASES_IN_MEMORY: readonly MutantBase[] = ['memory', 'migration'];

/** What a variant can use, in addition to the opened reference. */
export interface Seed {
  readonly base: MutantBase;
  /** The options with which the reference was opened. */
  readonly options: OpenOptions;
  /**
   * Opens another instance of the unchanged reference on the same namespace. Uses `connection` instead of the given
   * one, if it is set.
   */
  readonly another: (connection?: Json) => Promise<StorageAdapter>;
}

/** A changed reference adapter. */
export interface Variant {
  /** For example `no-lock`. At most 28 characters. */
  readonly name: string;
  /** The reference adapters on which the variant can exist and be noticed. */
  readonly bases: readonly MutantBase[];
  /** Capabilities that differ from those of the reference. */
  readonly capabilities?: Partial<Capabilities>;
  /** The ids that it accepts. Undefined: all. */
  readonly ids?: IdRule;
  /** A codec of its own, which is judged instead of lockstep's. */
  readonly codec?: NonNullable<TargetDefinition['codec']>;
  /** Settlement code of its own, which is judged instead of lockstep's. */
  readonly protocol?: NonNullable<TargetDefinition['protocol']>;
  mutate?(adapter: StorageAdapter, seed: Seed): Promise<StorageAdapter> | StorageAdapter;
  /**
   * Changes each SQL text before it is passed to the driver, including migrations. Must return the same result for
   * the same text.
   */
  rewrite?(sql: string): string;
  /** Replaces the pool class of the driver. Only on PostgreSQL. */
  pool?(pool: typeof Pool): typeof Pool;
}

export interface Mutant extends Variant {
  /** The bug, and where real adapters have it. */
  readonly origin: string;
  /** The clauses made for this bug. The mutant counts as killed only if one of them is violated. */
  readonly clauses: readonly string[];
}

export interface Equivalent extends Variant {
  /** Why it is correct. */
  readonly reason: string;
}

type WithLock = NonNullable<StreamRepository['withLock']>;

/** `adapter` with another withLock. */
export function replaceLock(adapter: StorageAdapter, withLock: WithLock): StorageAdapter {
  const repository = adapter.streamRepository as StreamRepository;
  return extend(adapter, { streamRepository: { ...repository, withLock } });
}

/** `adapter`, whose callbacks get a changed view. With the surface authority, those of its writers too. */
export function replaceView(
  adapter: StorageAdapter,
  change: (view: LockedView) => LockedView,
): StorageAdapter {
  const changed = replaceLock(adapter, (id, callback, options) =>
    lockOf(adapter)(id, (view) => callback(change(view)), options),
  );
  return changeWriters(changed, (writer) => replaceView(writer, change));
}

/** `adapter` with changed handles for its writers. Without the surface authority it stays unchanged. */
export function changeWriters(
  adapter: StorageAdapter,
  change: (writer: StorageAdapter) => StorageAdapter,
): StorageAdapter {
  const { authority } = adapter;
  if (authority === undefined) return adapter;
  return withAuthority(adapter, { as: (writer) => change(authority.as(writer)) });
}

/** `adapter` with changed members of its authority. */
export function withAuthority(adapter: StorageAdapter, changed: Partial<Authority>): StorageAdapter {
  const authority = adapter.authority as Authority;
  return extend(adapter, {
    authority: {
      get: () => authority.get(),
      set: (...given) => authority.set(...given),
      as: (writer) => authority.as(writer),
      remove: (...given) => authority.remove(...given),
      ...(authority.endLease === undefined
        ? {}
        : { endLease: (...args) => (authority as Required<Authority>).endLease(...args) }),
      ...changed,
    },
  });
}

/** The unchanged withLock of `adapter`. */
export function lockOf(adapter: StorageAdapter): WithLock {
  const repository = adapter.streamRepository as StreamRepository & { readonly withLock: WithLock };
  return (id, callback, options?: LockOptions) => repository.withLock(id, callback, options);
}

/** `adapter` with changed members. close and dispose stay those of the reference unless they are replaced, too. */
export function extend(adapter: StorageAdapter, members: Partial<StorageAdapter>): StorageAdapter {
  const { streamRepository, idempotencyStore, exportRepository, authority, bulk, schema, migration } =
    adapter;
  return {
    ...defined({ streamRepository, idempotencyStore, exportRepository, authority, bulk, schema, migration }),
    close: () => adapter.close(),
    [Symbol.asyncDispose]() {
      return this.close();
    },
    ...members,
  };
}

/** A promise chain for each key, which many services use as their lock. */
export class KeyedMutex {
  readonly #tails = new Map<string, Promise<unknown>>();

  run<T>(key: string, action: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve();
    const running = before.then(action, action);
    const tail = running
      .catch(() => undefined)
      .finally(() => {
        if (this.#tails.get(key) === tail) this.#tails.delete(key);
      });
    this.#tails.set(key, tail);
    return running;
  }

  /** Resolves with a function that releases the key. */
  acquire(key: string): Promise<() => void> {
    return new Promise((granted) => {
      void this.run(key, () => new Promise<void>(granted));
    });
  }
}
