/** What tests of migrations store, and where. */
import type { NewStream, StorageAdapter, StreamRepository } from '../../contract/index.ts';

export function stream(id: string, fields: Partial<NewStream> = {}): NewStream {
  return {
    id,
    recipient: 'wallet-1',
    rate: '1',
    schedule: 'monthly',
    status: 'active',
    token: 'USDC',
    totalAmount: '1000',
    releasedAmount: '0',
    withdrawnAmount: '0',
    revision: 0,
    ...fields,
  };
}

export function lockOf({ streamRepository }: StorageAdapter): Required<StreamRepository> {
  return streamRepository as Required<StreamRepository>;
}

export function streamsOf(adapter: StorageAdapter): Required<StreamRepository>['streams'] {
  return lockOf(adapter).streams;
}
