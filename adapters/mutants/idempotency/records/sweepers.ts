/** Sweepers that delete the wrong records, too many of them, or miscount. */
import type { Mutant } from '../../mutant.ts';
import { expiredTokens, replaceStore } from '../stores.ts';

export const sweeperByToken: Mutant = {
  name: 'sweeper-by-token',
  origin:
    'SELECT the expired tokens, then DELETE ... WHERE token IN (...): one of them was taken over meanwhile.',
  clauses: ['IDEM-10'],
  bases: ['postgres'],
  mutate: (adapter, { options }) =>
    replaceStore(adapter, (store) => ({
      deleteExpired: async (limit) => {
        let deleted = 0;
        for (const token of await expiredTokens(store, options.clock, limit))
          if (await store.delete(token)) deleted += 1;
        return deleted;
      },
    })),
};

export const sweeperWithoutLimit: Mutant = {
  name: 'sweeper-without-limit',
  origin: 'DELETE has no LIMIT in PostgreSQL, so it was left out.',
  clauses: ['IDEM-10'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceStore(adapter, (store) => ({
      deleteExpired: (limit) => store.deleteExpired(limit + 1_000),
    })),
};

export const sweeperMiscounts: Mutant = {
  name: 'sweeper-miscounts',
  origin: 'The number of tokens that were selected is returned, also for those that another sweeper deleted.',
  clauses: ['IDEM-10'],
  bases: ['memory', 'postgres'],
  mutate: (adapter, { options }) =>
    replaceStore(adapter, (store) => ({
      deleteExpired: async (limit) => {
        const found = await expiredTokens(store, options.clock, limit);
        await store.deleteExpired(limit);
        return found.length;
      },
    })),
};
