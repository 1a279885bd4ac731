import { isDeepStrictEqual } from 'node:util';
import type { Mutant } from '../../mutant.ts';
import { replaceStore } from '../../stores.ts';

export const samePutSkipped: Mutant = {
  name: 'same-put-skipped',
  origin:
    'The mapper finds no field that has changed, and sends no UPDATE: the row keeps the time of its last change.',
  clauses: ['STREAM-07'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceStore(adapter, 'streams', (store) => ({
      ...store,
      put: async (stream) => {
        const stored = await store.get(stream.id);
        const isSame =
          stored !== undefined &&
          stream.updatedAt === undefined &&
          isDeepStrictEqual(
            { ...stored },
            { createdAt: stored.createdAt, ...stream, updatedAt: stored.updatedAt },
          );
        return isSame ? stored : store.put(stream);
      },
    })),
};
