import type { IdempotencyStore, NewIdempotencyRecord } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { replaceStore, storedUnder } from '../stores.ts';

/**
 * An expired record is deleted by its token, and then the new one is inserted. The delete may hit a record that is
 * live again.
 */
export const naiveTakeover: Mutant = {
  name: 'takeover-by-delete',
  origin: 'An expired token is deleted and inserted again, in two statements.',
  clauses: ['IDEM-04'],
  bases: ['postgres'],
  mutate: (adapter) =>
    replaceStore(adapter, (store) => ({
      insert: async (record) => {
        await clear(store, record);
        return store.insert(record);
      },
      putIfAbsent: async (record) => {
        await clear(store, record);
        return store.putIfAbsent(record);
      },
    })),
};

async function clear(store: IdempotencyStore, { token }: NewIdempotencyRecord): Promise<void> {
  const [stored, live] = [await storedUnder(store, token), await store.get(token)];
  if (stored !== undefined && live === undefined) await store.delete(token);
}
