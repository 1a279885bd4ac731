/**
 * Mutants: reference adapters with one seeded bug that real adapters ship. A suite that does not catch them
 * proves nothing. Each wraps an opened reference adapter and changes one decision.
 */
import type {
  ExportJobStore,
  LockedView,
  LockOptions,
  StorageAdapter,
  StreamRepository,
} from '../contract/index.ts';

export const MUTANT_BASES = ['memory', 'postgres'] as const;
export type MutantBase = (typeof MUTANT_BASES)[number];

export interface Mutant {
  /** `no-lock`. */
  readonly name: string;
  /** The bug, and where it comes from. */
  readonly origin: string;
  /** The clauses made for it; it counts as killed only when one of them is violated. */
  readonly clauses: readonly string[];
  /** Reference adapters on which the bug can exist and be seen. */
  readonly bases: readonly MutantBase[];
  /** Seeds the bug. `another` opens one more instance of the unchanged reference on the same namespace. */
  mutate(
    adapter: StorageAdapter,
    another: () => Promise<StorageAdapter>,
  ): Promise<StorageAdapter> | StorageAdapter;
}

type WithLock = NonNullable<StreamRepository['withLock']>;

/** `adapter` with another withLock. */
export function replaceLock(adapter: StorageAdapter, withLock: WithLock): StorageAdapter {
  const repository = adapter.streamRepository as StreamRepository;
  return extend(adapter, { streamRepository: { ...repository, withLock } });
}

/** `adapter` whose callbacks are given a changed view. */
export function replaceView(
  adapter: StorageAdapter,
  change: (view: LockedView) => LockedView,
): StorageAdapter {
  return replaceLock(adapter, (id, callback, options) =>
    lockOf(adapter)(id, (view) => callback(change(view)), options),
  );
}

/** `adapter` with other members of its store of export jobs, outside sections. */
export function replaceJobs(
  adapter: StorageAdapter,
  change: (jobs: Required<ExportJobStore>) => Partial<ExportJobStore>,
): StorageAdapter {
  const repository = adapter.exportRepository;
  if (repository === undefined) return adapter;
  // Every reference adapter has the claims too.
  const jobs = repository.jobs as Required<ExportJobStore>;
  return extend(adapter, { exportRepository: { ...repository, jobs: { ...jobs, ...change(jobs) } } });
}

/** The unchanged withLock of `adapter`. */
export function lockOf(adapter: StorageAdapter): WithLock {
  const repository = adapter.streamRepository as StreamRepository & { readonly withLock: WithLock };
  return (id, callback, options?: LockOptions) => repository.withLock(id, callback, options);
}

/** `adapter` with other members; close and dispose stay those of the reference unless they are replaced too. */
export function extend(adapter: StorageAdapter, members: Partial<StorageAdapter>): StorageAdapter {
  const { streamRepository, idempotencyStore, exportRepository } = adapter;
  return {
    ...(streamRepository === undefined ? {} : { streamRepository }),
    ...(idempotencyStore === undefined ? {} : { idempotencyStore }),
    ...(exportRepository === undefined ? {} : { exportRepository }),
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
}
