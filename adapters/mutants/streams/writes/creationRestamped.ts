import type { Mutant } from '../../mutant.ts';
import { replaceStore } from '../../stores.ts';

/** A put without a creation time is given a new one. */
export const creationRestamped: Mutant = {
  name: 'creation-restamped',
  origin: '`created_at = EXCLUDED.created_at` in the upsert, whose default is the time of the update.',
  clauses: ['STREAM-07'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceStore(adapter, 'streams', (store) => ({
      ...store,
      put: async (stream) => {
        if (stream.createdAt !== undefined) return store.put(stream);
        const { updatedAt } = await store.put(stream);
        return store.put({ ...stream, createdAt: updatedAt });
      },
    })),
};
