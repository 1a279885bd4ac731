import { isStorageError } from '../../contract/index.ts';
import type { Mutant } from '../mutant.ts';
import { Newest } from '../newest.ts';
import { mapPage, replaceStore } from '../stores.ts';

/** Added to the stored id of an event that is appended again. */
const AGAIN = ' again';

/** Only the newest event ids are remembered. An older id can be appended again. */
export const thousandEvents: Mutant = {
  name: 'thousand-events',
  origin:
    'Messages are deduplicated within a window, as queues do it: after a thousand others, a repeated event counts as a new one.',
  clauses: ['ACT-02'],
  bases: ['memory'],
  mutate: (adapter, { options }) => {
    const newest = new Newest(options.namespace);
    return replaceStore(adapter, 'activity', (store) => ({
      ...store,
      append: async (event) => {
        try {
          const appended = await store.append(event);
          newest.add(event.id);
          return appended;
        } catch (error) {
          const isForgotten = isStorageError(error) && error.code === 'ALREADY_EXISTS';
          if (!isForgotten || !newest.hasForgotten(event.id)) throw error;
          return { ...(await store.append({ ...event, id: `${event.id}${AGAIN}` })), id: event.id };
        }
      },
      list: async (request) =>
        mapPage(await store.list(request), (event) => ({
          ...event,
          id: event.id.endsWith(AGAIN) ? event.id.slice(0, -AGAIN.length) : event.id,
        })),
    }));
  },
};
