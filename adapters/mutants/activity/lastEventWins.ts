import type { ActivityEvent } from '../../contract/index.ts';
import type { Mutant } from '../mutant.ts';
import { mapPage, replaceStore } from '../stores.ts';

/** Events by namespace and id, as they were appended last. */
const appended = new Map<string, Map<string, ActivityEvent>>();

/** An event that is appended again shows its new content in the place of the old one. */
export const lastEventWins: Mutant = {
  name: 'last-event-wins',
  origin: 'The history is a Map by id, or a search index: writing a document again replaces it.',
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
