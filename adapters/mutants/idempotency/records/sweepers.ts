/** Sweepers that delete the wrong records, too many of them, or count wrongly. */
import { compareTimestamps, timestampOf } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { expiredTokens, replaceStore } from '../stores.ts';

export const sweeperByToken: Mutant = {
  name: 'sweeper-by-token',
  origin:
    'SELECT the expired tokens, then DELETE ... WHERE token IN (...): one of them was taken over in the meantime.',
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
  origin: 'DELETE has no LIMIT in PostgreSQL, so the limit was left out.',
  clauses: ['IDEM-10'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceStore(adapter, (store) => ({
      deleteExpired: (limit) => store.deleteExpired(limit + 1_000),
    })),
};

export const sweeperMiscounts: Mutant = {
  name: 'sweeper-miscounts',
  origin: 'The number of selected tokens is returned, including those that another sweeper deleted.',
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

/** It looks at the first page of records. */
export const sweeperOfOnePage: Mutant = {
  name: 'sweeper-of-one-page',
  origin:
    'SELECT ... LIMIT 1000, and what has expired among them is deleted: once there are 1,000 that live longer, nothing behind them ever goes.',
  clauses: ['IDEM-10'],
  bases: ['memory', 'postgres'],
  mutate: (adapter, { options }) =>
    replaceStore(adapter, (store) => ({
      deleteExpired: async (limit) => {
        const { items } = await store.scan({ limit: 1000 });
        const now = timestampOf(options.clock);
        const expired = items.filter(
          ({ expiresAt }) => expiresAt !== undefined && compareTimestamps(expiresAt, now) <= 0,
        );
        let deleted = 0;
        for (const { token } of expired.slice(0, limit)) if (await store.delete(token)) deleted += 1;
        return deleted;
      },
    })),
};
