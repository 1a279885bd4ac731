import type { NewStream, Page, StreamRecord } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { replaceStore } from '../../stores.ts';

const LIFETIME_MS = 1000;

/** Lists are cached. Writes outside of sections clear the cache, but those of sections do not. */
export const staleListCache: Mutant = {
  name: 'stale-list-cache',
  origin:
    'Cached pages are invalidated by the methods of the repository, but transactions use other methods.',
  clauses: ['STREAM-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const pages = new Map<string, { readonly page: Page<StreamRecord>; readonly until: number }>();
    const outer = adapter.streamRepository?.streams;
    return replaceStore(adapter, 'streams', (store) => {
      if (store !== outer) return store;
      const clearing = <A, R>(write: (argument: A) => R) => {
        return (argument: A): R => {
          pages.clear();
          return write(argument);
        };
      };
      return {
        ...store,
        create: clearing((stream: NewStream) => store.create(stream)),
        put: clearing((stream: NewStream) => store.put(stream)),
        delete: clearing((id: string) => store.delete(id)),
        list: async (request) => {
          const key = JSON.stringify(request);
          const known = pages.get(key);
          if (known !== undefined && performance.now() < known.until) return structuredClone(known.page);
          const page = await store.list(request);
          pages.set(key, { page: structuredClone(page), until: performance.now() + LIFETIME_MS });
          return page;
        },
      };
    });
  },
};
