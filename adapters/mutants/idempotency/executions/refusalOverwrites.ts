import type { NewIdempotencyRecord } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { replaceStore } from '../stores.ts';

/** A refusal overwrites whatever is stored. */
export const refusalOverwrites: Mutant = {
  name: 'refusal-overwrites',
  origin:
    'The error handler saves its 409 with set() instead of setnx(): the retry of a successful payment is told that it failed.',
  clauses: ['IDEM-14'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceStore(adapter, (store) => {
      const clear = async ({ token, status }: NewIdempotencyRecord): Promise<void> => {
        if (status >= 400) await store.delete(token);
      };
      return {
        putIfAbsent: async (record) => {
          await clear(record);
          return store.putIfAbsent(record);
        },
      };
    }),
};
