import type { NewIdempotencyRecord } from '../../contract/index.ts';
import { replaceStore } from '../idempotency/stores.ts';
import { KeyedMutex, type Equivalent } from '../mutant.ts';

/** Puts and inserts of one token queue up behind each other, and are slow. */
export const putWaits: Equivalent = {
  name: 'put-waits',
  reason: 'The loser of a first request waits for the winner and is given its record.',
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const queue = new KeyedMutex();
    // What is no record waits behind others of its kind, and is refused by the store.
    const keyOf = (record: NewIdempotencyRecord | undefined): string => String(record?.token);
    return replaceStore(adapter, (store) => ({
      putIfAbsent: (record: NewIdempotencyRecord) =>
        queue.run(keyOf(record), async () => store.putIfAbsent(record)),
      insert: (record: NewIdempotencyRecord) => queue.run(keyOf(record), async () => store.insert(record)),
    }));
  },
};
