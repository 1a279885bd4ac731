import type { Mutant } from '../../mutant.ts';
import { replaceStore } from '../../stores.ts';

/** A put never lowers the stored revision. */
export const lowerRevisions: Mutant = {
  name: 'revision-never-lower',
  origin:
    'revision = GREATEST(stored.revision, $2) against late writers. To the storage the revision is ordinary data: a restore sets it.',
  clauses: ['STREAM-07'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceStore(adapter, 'streams', (store) => ({
      ...store,
      put: async (stream) => {
        const stored = await store.get(stream.id);
        if (stored === undefined || !(stored.revision > stream.revision)) return store.put(stream);
        return store.put({ ...stream, revision: stored.revision });
      },
    })),
};
