import type { Mutant } from '../mutant.ts';
import { replaceStore } from '../stores.ts';

export const typeOnFirstPage: Mutant = {
  name: 'type-on-first-page',
  origin:
    'if (cursor) where = { streamId, after(cursor) } else where = { streamId, type }: the branch for later pages is older than types.',
  clauses: ['ACT-05'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceStore(adapter, 'activity', (store) => ({
      ...store,
      list: ({ type, ...request }) =>
        store.list(
          type === undefined || (request.cursor !== undefined && request.streamId !== undefined)
            ? request
            : { ...request, type },
        ),
    })),
};
