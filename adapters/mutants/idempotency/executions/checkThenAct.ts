import type { Mutant } from '../../mutant.ts';
import { replaceStore } from '../stores.ts';

/** Looks for the token and, if it is absent, stores the record without checking again. */
export const checkThenAct: Mutant = {
  name: 'token-check-then-act',
  origin: 'if (!(await cache.get(key))) await cache.set(key, answer): the second request comes in between.',
  clauses: ['IDEM-01', 'IDEM-04'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceStore(adapter, (store) => ({
      putIfAbsent: async (record) => {
        const existing = await store.get(record.token);
        if (existing !== undefined) return { stored: false, existing };
        await store.delete(record.token);
        return store.putIfAbsent(record);
      },
    })),
};
