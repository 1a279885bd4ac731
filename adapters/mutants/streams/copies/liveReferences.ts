import type { NewStream, StreamRecord } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { mapPage, replaceStore } from '../../stores.ts';

/** Every read returns the object that the caller stored. */
export const liveReferences: Mutant = {
  name: 'live-references',
  origin:
    'The synchronous PersistenceStore of StreamPay is a Map: set keeps the caller’s object, and get returns it.',
  clauses: ['STREAM-07'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const live = new Map<string, { readonly version: string; readonly object: StreamRecord }>();
    /** Copies the stored fields into `given`, as if the caller had set them before he stored it. */
    const keep = (given: NewStream, stored: StreamRecord): StreamRecord => {
      const object = Object.assign(given, stored);
      live.set(stored.id, { version: stored.updatedAt, object });
      return object;
    };
    const show = (stored: StreamRecord): StreamRecord => {
      const known = live.get(stored.id);
      return known?.version === stored.updatedAt ? known.object : keep(stored, stored);
    };
    return replaceStore(adapter, 'streams', (store) => ({
      ...store,
      create: async (stream) => keep(stream, await store.create(stream)),
      put: async (stream) => keep(stream, await store.put(stream)),
      get: async (id) => {
        const stored = await store.get(id);
        return stored === undefined ? undefined : show(stored);
      },
      list: async (request) => mapPage(await store.list(request), show),
      scan: async (request) => mapPage(await store.scan(request), show),
    }));
  },
};
