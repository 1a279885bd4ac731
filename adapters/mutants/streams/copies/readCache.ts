import type { StreamRecord } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { replaceStore } from '../../stores.ts';

const LIFETIME_MS = 50;

/** The result of get is returned again for a moment, even after a write. */
export const readCache: Mutant = {
  name: 'read-cache',
  origin: 'memoize(get, { maxAge: 50 }) against bursts of reads: a caller does not see its own write.',
  clauses: ['STREAM-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceStore(adapter, 'streams', (store) => {
      const found = new Map<string, { readonly stream: StreamRecord | undefined; readonly until: number }>();
      return {
        ...store,
        get: async (id) => {
          const known = found.get(id);
          if (known !== undefined && performance.now() < known.until) return structuredClone(known.stream);
          const stream = await store.get(id);
          found.set(id, { stream: structuredClone(stream), until: performance.now() + LIFETIME_MS });
          return stream;
        },
      };
    }),
};
