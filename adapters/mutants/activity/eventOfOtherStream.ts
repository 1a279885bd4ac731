import { codeOf, type ActivityEvent } from '../../contract/index.ts';
import type { Mutant } from '../mutant.ts';
import { replaceStore } from '../stores.ts';

/** If the id exists in another stream, the append counts as a repetition. */
export const eventOfOtherStream: Mutant = {
  name: 'event-of-other-stream',
  origin:
    'ON CONFLICT (id) DO NOTHING, and then a search for the id in the own stream only: the event is dropped.',
  clauses: ['ACT-02'],
  bases: ['memory'],
  mutate: (adapter) =>
    replaceStore(adapter, 'activity', (store) => ({
      ...store,
      append: async (event): Promise<ActivityEvent> => {
        try {
          return await store.append(event);
        } catch (error) {
          if (codeOf(error) !== 'ALREADY_EXISTS' || event.streamId === undefined) throw error;
          const { items } = await store.list({ streamId: event.streamId, limit: 1000 });
          if (items.some(({ id }) => id === event.id)) throw error;
          return { ...event, timestamp: '2026-01-31T08:15:00.000Z' };
        }
      },
    })),
};
