/**
 * Mutants: reference adapters with one seeded bug that real adapters ship. A suite that does not catch them
 * proves nothing. Equivalents: correct adapters written differently. A suite that accuses them is wrong.
 *
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
/** Those that need no database. */
export const BASES_IN_MEMORY: readonly MutantBase[] = ['memory', 'migration'];

/** What a variant has to work with beside the opened reference. */
export interface Seed {
  readonly base: MutantBase;
  /** How the reference was opened. */
  readonly options: OpenOptions;
  /** Opens one more instance of the unchanged reference on the same namespace; `connection` instead of the given one. */
  readonly another: (connection?: Json) => Promise<StorageAdapter>;
}

/** A changed reference adapter. */
export interface Variant {
  /** `no-lock`; at most 28 characters. */
  readonly name: string;
  /** Reference adapters on which it can exist and be seen. */
  readonly bases: readonly MutantBase[];
  /** What it declares otherwise than the reference. */
  readonly capabilities?: Partial<Capabilities>;
  /** Which ids it takes, where it limits them. */
  readonly ids?: IdRule;
  /** Its own codec, judged instead of lockstep's. */
  readonly codec?: NonNullable<TargetDefinition['codec']>;
  /** Its own settlement code, judged instead of lockstep's. */
  readonly protocol?: NonNullable<TargetDefinition['protocol']>;
  mutate?(adapter: StorageAdapter, seed: Seed): Promise<StorageAdapter> | StorageAdapter;
  /** Changes each text of SQL on its way to the driver, those of the migrations too. Same text, same change. */
  rewrite?(sql: string): string;
  /** Changes the pool of the driver; on PostgreSQL. */
  pool?(pool: typeof Pool): typeof Pool;
}

export interface Mutant extends Variant {
  /** The bug, and where it comes from. */
  readonly origin: string;
  /** The clauses made for it; it counts as killed only when one of them is violated. */
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

/** `adapter` whose callbacks are given a changed view; also those of its writers, of a storage that is told who may write. */
export function replaceView(
  adapter: StorageAdapter,
  change: (view: LockedView) => LockedView,
): StorageAdapter {
  const changed = replaceLock(adapter, (id, callback, options) =>
    lockOf(adapter)(id, (view) => callback(change(view)), options),
  );
  return changeWriters(changed, (writer) => replaceView(writer, change));
}

/** `adapter` with other handles for its writers. One that cannot be told who may write stays as it is. */
export function changeWriters(
  adapter: StorageAdapter,
  change: (writer: StorageAdapter) => StorageAdapter,
): StorageAdapter {
  const { authority } = adapter;
  if (authority === undefined) return adapter;
  return withAuthority(adapter, { as: (writer) => change(authority.as(writer)) });
}

/** `adapter` with other members of its authority. */
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

/** `adapter` with other members; close and dispose stay those of the reference unless they are replaced too. */
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

/** A promise chain for each key: what many services call their lock. */
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

  /** Resolves with what frees the key. */
  acquire(key: string): Promise<() => void> {
    return new Promise((granted) => {
      void this.run(key, () => new Promise<void>(granted));
    });
  }
}
