import type { Mutant } from '../../mutant.ts';
import { replaceStore } from '../../stores.ts';

/** A put without a time of update keeps the old one. */
export const updateTimeKept: Mutant = {
  name: 'update-time-kept',
  origin: '`updated_at DEFAULT now()` works for the insert; nothing sets it on update.',
  clauses: ['STREAM-07'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceStore(adapter, 'streams', (store) => ({
      ...store,
      put: async (stream) => {
        const stored = await store.get(stream.id);
        return store.put(
          stored === undefined ? stream : { ...stream, updatedAt: stream.updatedAt ?? stored.updatedAt },
        );
      },
    })),
};
