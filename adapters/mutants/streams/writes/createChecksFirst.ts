import { StorageError } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { replaceStore } from '../../stores.ts';

/** create first checks whether the stream exists, and then writes with an upsert. */
export const createChecksFirst: Mutant = {
  name: 'create-checks-first',
  origin:
    'findById, then save(): two concurrent callers both find nothing, and the second overwrites the first.',
  clauses: ['STREAM-02'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceStore(adapter, 'streams', (store) => ({
      ...store,
      create: async (stream) => {
        if ((await store.get(stream.id)) !== undefined) {
          throw new StorageError('ALREADY_EXISTS', `Stream ${JSON.stringify(stream.id)} exists.`, {
            details: { surface: 'streams', id: stream.id },
          });
        }
        await Promise.resolve();
        return (await store.get(stream.id)) === undefined ? store.create(stream) : store.put(stream);
      },
    })),
};
