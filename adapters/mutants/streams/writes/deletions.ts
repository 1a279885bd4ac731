/** Deletions that do, or return, something wrong. */
import type { StreamStore } from '../../../contract/index.ts';
import { replaceView, type Mutant } from '../../mutant.ts';
import { replaceStore } from '../../stores.ts';

export const deleteAlwaysTrue: Mutant = {
  name: 'delete-always-true',
  origin: 'DELETE answers 204 whether or not there was a row, and the client returns true.',
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

/** A delete in a section removes the stream at once, outside the transaction. */
export const deletionOutsideTransaction: Mutant = {
  name: 'deletion-outside-transaction',
  origin: 'Deletes go through a clean-up service with its own connection.',
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
