import type { NewIdempotencyRecord } from '../../contract/index.ts';
import { replaceStore } from '../idempotency/stores.ts';
import { KeyedMutex, type Equivalent } from '../mutant.ts';

/** Puts and inserts of one token are queued, and are slow. */
export const putWaits: Equivalent = {
  name: 'put-waits',
  reason: 'The loser of a first request waits for the winner and is given its record.',
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const queue = new KeyedMutex();
    // Invalid records share a queue. The store refuses them.
    const keyOf = (record: NewIdempotencyRecord | undefined): string => String(record?.token);
    return replaceStore(adapter, (store) => ({
      putIfAbsent: (record: NewIdempotencyRecord) =>
        queue.run(keyOf(record), async () => store.putIfAbsent(record)),
      insert: (record: NewIdempotencyRecord) => queue.run(keyOf(record), async () => store.insert(record)),
    }));
  },
};
