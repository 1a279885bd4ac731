/** Deletions that say, or do, something else. */
import type { StreamStore } from '../../../contract/index.ts';
import { replaceView, type Mutant } from '../../mutant.ts';
import { replaceStore } from '../../stores.ts';

export const deleteAlwaysTrue: Mutant = {
  name: 'delete-always-true',
  origin: 'DELETE answers 204 whether there was a row or not, and the client makes true of it.',
  clauses: ['STREAM-07'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceStore(adapter, 'streams', (store) => ({
      ...store,
      delete: async (id) => {
        await store.delete(id);
        return true;
      },
    })),
};

/** In a section, too, a stream is removed at once. */
export const deletionOutsideTransaction: Mutant = {
  name: 'deletion-outside-transaction',
  origin: 'Deletions go through a clean-up service with a connection of its own.',
  clauses: ['LOCK-02'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const outside = adapter.streamRepository?.streams as StreamStore;
    return replaceView(adapter, (view) => ({
      ...view,
      streams: { ...(view.streams as StreamStore), delete: (id) => outside.delete(id) },
    }));
  },
};
