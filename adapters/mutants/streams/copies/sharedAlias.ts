import type { StreamRecord } from '../../../contract/index.ts';
import { holding } from '../../holding.ts';
import type { Mutant } from '../../mutant.ts';
import { replaceStore } from '../../stores.ts';

/** Who reads a stream twice gets one object twice, as long as nobody wrote in between. */
export const sharedAlias: Mutant = {
  name: 'shared-alias',
  origin:
    'A cache that is checked against the version in the storage, but hands out the object that it holds.',
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
