import type { Mutant } from '../../mutant.ts';
import { replaceStore } from '../../stores.ts';

/** Creating a stream that exists replaces it. */
export const createOverwrites: Mutant = {
  name: 'create-overwrites',
  origin: 'map.set(id, stream), or a repository whose save() inserts or updates.',
  clauses: ['STREAM-02'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceStore(adapter, 'streams', (store) => ({
      ...store,
      create: async (stream) =>
        (await store.get(stream.id)) === undefined ? store.create(stream) : store.put(stream),
    })),
};
