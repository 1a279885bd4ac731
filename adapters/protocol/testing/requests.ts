/** Requests, and storages for them. */
import { requestFingerprint, type StorageAdapter, type StreamRepository } from '../../contract/index.ts';
import { defined } from '../../contract/defined.ts';
import { newStream, openMemory, type Opened } from '../../memory/testing/open.ts';
import type { Operation, ProtocolRequest } from '../index.ts';

export function lifecycle(operation: Operation, streamId: string, key?: string): ProtocolRequest {
  const fingerprint = requestFingerprint('POST', `/streams/${streamId}/${operation}`, {});
  return { operation, streamId, workload: 'lifecycle', fingerprint, ...defined({ key }) };
}

export function release(streamId: string, amount: string, key?: string): ProtocolRequest {
  const fingerprint = requestFingerprint('POST', `/streams/${streamId}/settle`, { amount });
  return { ...lifecycle('settle', streamId, key), workload: 'balance', amount, fingerprint };
}

export async function openWithStream(): Promise<Opened> {
  const opened = openMemory();
  await opened.streams.create(newStream('s1', { memo: 'kept' }));
  return opened;
}

/** Everything that decides about money: streams, events, replay records. */
export async function contents({ streams, activity, idempotency }: Opened): Promise<unknown> {
  return {
    streams: (await streams.scan({ limit: 1000 })).items,
    events: (await activity.scan({ limit: 1000 })).items,
    records: (await idempotency.scan({ limit: 1000 })).items,
  };
}

/** The memory adapter with some of its parts replaced or left out. */
export function altered(
  opened: Opened,
  repository: Partial<Record<keyof StreamRepository, unknown>>,
  rest: Partial<Record<keyof StorageAdapter, unknown>> = {},
): StorageAdapter {
  return {
    ...opened.adapter,
    ...rest,
    streamRepository: { ...opened.adapter.streamRepository, ...repository },
  } as StorageAdapter;
}

export function failing(opened: Opened, error: unknown): StorageAdapter {
  return altered(opened, { withLock: () => Promise.reject(error) });
}
