import type { Mutant } from '../../mutant.ts';
import { replaceStore } from '../../stores.ts';

/** A put keeps the stored fields that the new record lacks. */
export const putMerges: Mutant = {
  name: 'put-merges',
  origin: '`{ ...stored, ...stream }`, a $set without an $unset, or `further || $1` over jsonb.',
  clauses: ['STREAM-09', 'STREAM-07'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceStore(adapter, 'streams', (store) => ({
      ...store,
      put: async (stream) => {
        const { updatedAt: _stamp, ...stored } = (await store.get(stream.id)) ?? stream;
        return store.put({ ...stored, ...stream });
      },
    })),
};
