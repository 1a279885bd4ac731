import { compareIds, type IdempotencyRecord } from '../../contract/index.ts';
import type { Mutant } from '../mutant.ts';
import { replaceStore, storedUnder } from './stores.ts';

/** Deleted records are marked, and the scan forgets to leave them out. */
export const deletedScanned: Mutant = {
  name: 'deleted-tokens-scanned',
  origin: 'Soft delete: get() filters deleted_at IS NULL, the later written scan does not.',
  clauses: ['CUR-05'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const marked = new Map<string, IdempotencyRecord>();
    return replaceStore(adapter, (store) => ({
      delete: async (token) => {
        const record = await storedUnder(store, token);
        if (record !== undefined) marked.set(token, record);
        return store.delete(token);
      },
      scan: async (request) => {
        const page = await store.scan(request);
        const [first, last] = [page.items[0]?.token, page.items.at(-1)?.token];
        if (first === undefined || last === undefined) return page;
        const present = new Set(page.items.map(({ token }) => token));
        const ghosts = [...marked.values()].filter(
          ({ token }) => compareIds(token, first) > 0 && compareIds(token, last) < 0 && !present.has(token),
        );
        const items = [...page.items, ...ghosts].sort((a, b) => compareIds(a.token, b.token));
        return { ...page, items };
      },
    }));
  },
};
