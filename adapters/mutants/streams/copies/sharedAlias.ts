import type { StreamRecord } from '../../../contract/index.ts';
import { holding } from '../../holding.ts';
import type { Mutant } from '../../mutant.ts';
import { replaceStore } from '../../stores.ts';

/** Two reads of a stream return the same object if nobody wrote in between. */
export const sharedAlias: Mutant = {
  name: 'shared-alias',
  origin: 'A cache that compares versions with the storage, but returns the object that it holds.',
  clauses: ['STREAM-07'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const show = holding(({ id, updatedAt }: StreamRecord) => `${id} ${updatedAt}`);
    return replaceStore(adapter, 'streams', (store) => ({
      ...store,
      get: async (id) => {
        const stored = await store.get(id);
        return stored === undefined ? undefined : show(stored);
      },
    }));
  },
};
