/** What the targets of this folder share: the adapter in memory, with one mechanism from a bug report. */
import {
  defineTarget,
  type ExportJobStore,
  type ExportRepository,
  type IdempotencyStore,
  type LockOptions,
  type LockedView,
  type StorageAdapter,
  type StreamStore,
  type TargetDefinition,
} from 'lockstep';
import { createMemoryAdapter, MEMORY_CAPABILITIES } from 'lockstep/adapters/memory';

export type Lock = <T>(
  id: string,
  callback: (view: LockedView) => Promise<T>,
  options?: LockOptions,
) => Promise<T>;

export function field(name: string, change: (adapter: StorageAdapter) => StorageAdapter): TargetDefinition {
  return defineTarget({
    name,
    version: '1.0.0',
    capabilities: MEMORY_CAPABILITIES,
    open: ({ namespace, clock }) => change(createMemoryAdapter({ namespace, clock })),
  });
}

export function changeLock(adapter: StorageAdapter, change: (lock: Lock) => Lock): StorageAdapter {
  const repository = adapter.streamRepository;
  const lock: Lock = (id, callback, options) =>
    (repository as { readonly withLock: Lock }).withLock(id, callback, options);
  return { ...adapter, streamRepository: { ...repository, withLock: change(lock) } };
}

export function changeStreams(
  adapter: StorageAdapter,
  change: (streams: StreamStore) => Partial<StreamStore>,
): StorageAdapter {
  const streams = adapter.streamRepository?.streams as StreamStore;
  return {
    ...adapter,
    streamRepository: { ...adapter.streamRepository, streams: { ...streams, ...change(streams) } },
  };
}

export function changeIdempotency(
  adapter: StorageAdapter,
  change: (store: IdempotencyStore) => Partial<IdempotencyStore>,
): StorageAdapter {
  const store = adapter.idempotencyStore as IdempotencyStore;
  return { ...adapter, idempotencyStore: { ...store, ...change(store) } };
}

export function changeJobs(
  adapter: StorageAdapter,
  change: (jobs: Required<ExportJobStore>) => Partial<ExportJobStore>,
): StorageAdapter {
  const repository = adapter.exportRepository as ExportRepository;
  const jobs = repository.jobs as Required<ExportJobStore>;
  return { ...adapter, exportRepository: { ...repository, jobs: { ...jobs, ...change(jobs) } } };
}
