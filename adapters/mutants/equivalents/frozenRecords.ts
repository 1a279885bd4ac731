import type { Equivalent } from '../mutant.ts';
import { mapPage, passStreams, replaceStore } from '../stores.ts';

/** Returned objects cannot be changed. */
export const frozenRecords: Equivalent = {
  name: 'frozen-records',
  reason: 'A caller that cannot change its copy cannot change anybody else’s.',
  bases: ['memory'],
  mutate: (adapter) => {
    const streams = passStreams(adapter, { outgoing: frozen });
    const users = replaceStore(streams, 'users', (store) => ({
      put: async (user) => frozen(await store.put(user)),
      get: async (walletAddress) => frozen(await store.get(walletAddress)),
      scan: async (request) => frozen(mapPage(await store.scan(request), frozen)),
    }));
    return replaceStore(users, 'activity', (store) => ({
      append: async (event) => frozen(await store.append(event)),
      list: async (request) => frozen(mapPage(await store.list(request), frozen)),
      scan: async (request) => frozen(mapPage(await store.scan(request), frozen)),
    }));
  },
};

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
}
