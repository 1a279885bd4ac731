import type { ActivityEvent } from '../../contract/index.ts';
import { holding } from '../holding.ts';
import type { Mutant } from '../mutant.ts';
import { mapPage, replaceStore } from '../stores.ts';

export const liveEvents: Mutant = {
  name: 'live-events',
  origin: 'AppendOnlyStore.toArray() returns the array itself: any caller can sort or edit it.',
  clauses: ['ACT-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const show = holding(({ id }: ActivityEvent) => id);
    return replaceStore(adapter, 'activity', (store) => ({
      append: async (event) => show(await store.append(event)),
      list: async (request) => mapPage(await store.list(request), show),
      scan: async (request) => mapPage(await store.scan(request), show),
    }));
  },
};
