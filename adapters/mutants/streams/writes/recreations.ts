import type { Mutant } from '../../mutant.ts';
import { replaceStore } from '../../stores.ts';

/** A stream that is created under the id of a deleted one gets the creation time of the deleted one. */
export const recreatedKeepsTime: Mutant = {
  name: 'recreated-keeps-time',
  origin:
    'Deleted rows are only marked, and create is INSERT … ON CONFLICT DO UPDATE SET deleted = false without created_at.',
  clauses: ['STREAM-07'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const deleted = new Map<string, string>();
    return replaceStore(adapter, 'streams', (store) => ({
      ...store,
      create: (stream) => {
        const createdAt = stream.createdAt ?? deleted.get(stream.id);
        return store.create(createdAt === undefined ? stream : { ...stream, createdAt });
      },
      delete: async (id) => {
        const stored = await store.get(id);
        if (stored !== undefined) deleted.set(id, stored.createdAt);
        return store.delete(id);
      },
    }));
  },
};
