import { StorageError, type NewIdempotencyRecord, type PutIfAbsentResult } from '../../contract/index.ts';
import { replaceStore } from '../idempotency/stores.ts';
import type { Equivalent } from '../mutant.ts';

/** If another call is storing the same token, a put is told to try again instead of waiting for it. */
export const putSaysLater: Equivalent = {
  name: 'put-says-later',
  reason:
    'The error code promises that nothing happened; one caller stores its record, and nobody finds the token absent.',
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const busy = new Set<string>();
    return replaceStore(adapter, (store) => ({
      putIfAbsent: async (record: NewIdempotencyRecord): Promise<PutIfAbsentResult> => {
        const { token } = record;
        if (busy.has(token)) throw later(token);
        busy.add(token);
        try {
          return await store.putIfAbsent(record);
        } finally {
          busy.delete(token);
        }
      },
    }));
  },
};

function later(token: string): StorageError {
  return new StorageError(
    'UNAVAILABLE',
    `Expected nobody else to store ${JSON.stringify(token)} just now. Nothing was stored; try again.`,
  );
}
