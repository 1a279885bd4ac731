import type { Mutant } from '../mutant.ts';
import { replaceStore } from '../stores.ts';

/**
 * The list of a stream is first cut into pages and then filtered by type. A page that is shorter afterwards counts as
 * the last one.
 */
export const filterAfterPage: Mutant = {
  name: 'filter-after-page',
  origin:
    'DynamoDB’s FilterExpression filters the page that was read; `items.length < limit` is taken for the end.',
  clauses: ['ACT-05'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceStore(adapter, 'activity', (store) => ({
      ...store,
      list: async (request) => {
        const { type, ...rest } = request;
        if (type === undefined || request.streamId === undefined) return store.list(request);
        const page = await store.list(rest);
        const items = page.items.filter((event) => event.type === type);
        return items.length < request.limit ? { items } : { ...page, items };
      },
    })),
};
