import type { StreamRecord } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { replaceStore } from '../../stores.ts';

const LIFETIME_MS = 200;

/** Each instance caches streams. Its own writes update the cache, those of other instances do not. */
export const instanceCache: Mutant = {
  name: 'instance-cache',
  origin: 'A write-through LRU in each process: correct until a second process writes.',
  clauses: ['X-01'],
  bases: ['postgres'],
  mutate: (adapter) => {
    const cache = new Map<string, { readonly stream: StreamRecord; readonly until: number }>();
    const remember = (stream: StreamRecord): StreamRecord => {
      cache.set(stream.id, { stream: structuredClone(stream), until: performance.now() + LIFETIME_MS });
      return stream;
    };
    const outer = adapter.streamRepository?.streams;
    return replaceStore(adapter, 'streams', (store) => ({
      ...store,
      create: async (stream) => remember(await store.create(stream)),
      put: async (stream) => remember(await store.put(stream)),
      delete: (id) => {
        cache.delete(id);
        return store.delete(id);
      },
      get: async (id) => {
        const known = store === outer ? cache.get(id) : undefined;
        if (known !== undefined && performance.now() < known.until) return structuredClone(known.stream);
        const stream = await store.get(id);
        return stream === undefined ? undefined : remember(stream);
      },
    }));
  },
};
