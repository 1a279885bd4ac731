import type { ActivityEvent } from '../../contract/index.ts';
import type { Mutant } from '../mutant.ts';
import { mapPage, replaceStore } from '../stores.ts';

/** The events as they were last appended, by namespace and id. */
const appended = new Map<string, Map<string, ActivityEvent>>();

/** An event that is appended again shows its new content at its old place. */
export const lastEventWins: Mutant = {
  name: 'last-event-wins',
  origin: 'The history is a Map by id, or a search index: storing a document again replaces it.',
  clauses: ['ACT-01', 'ACT-02'],
  bases: ['memory'],
  mutate: (adapter, { options: { namespace } }) => {
    const latest = appended.get(namespace) ?? new Map<string, ActivityEvent>();
    appended.set(namespace, latest);
    const shown = (event: ActivityEvent): ActivityEvent => latest.get(event.id) ?? event;
    return replaceStore(adapter, 'activity', (store) => ({
      append: async (event) => {
        const known = latest.get(event.id);
        const stored = known === undefined ? await store.append(event) : { ...known, ...event };
        latest.set(event.id, structuredClone(stored));
        return stored;
      },
      list: async (request) => mapPage(await store.list(request), shown),
      scan: async (request) => mapPage(await store.scan(request), shown),
    }));
  },
};
