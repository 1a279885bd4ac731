/** Sweepers that delete the wrong records, too many of them, or miscount. */
import type { Mutant } from '../mutant.ts';
import { expiredTokens, replaceStore } from './stores.ts';

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

export const sweeperTakesEternal: Mutant = {
  name: 'sweeper-takes-eternal',
  origin: 'coalesce(expires_at, created_at) < now() in the sweeper: what never expires is swept.',
  clauses: ['IDEM-10'],
  bases: ['postgres'],
  rewrite: (sql) =>
    sql
      .replace(
        'WHERE expires_at <= (SELECT clock_timestamp())',
        'WHERE coalesce(expires_at, created_at) <= (SELECT clock_timestamp())',
      )
      .replace(
        'stored.token = expired.token AND stored.expires_at <=',
        'stored.token = expired.token AND coalesce(stored.expires_at, stored.created_at) <=',
      ),
};

export const sweeperAhead: Mutant = {
  name: 'sweeper-ahead',
  origin: 'A grace period with the wrong sign: what expires within the next hour is deleted.',
  clauses: ['IDEM-10'],
  bases: ['postgres'],
  rewrite: (sql) =>
    sql
      .replace('(SELECT clock_timestamp())', `(SELECT clock_timestamp() + interval '1 hour')`)
      .replace(
        'stored.token = expired.token AND stored.expires_at <= clock_timestamp()',
        `stored.token = expired.token AND stored.expires_at <= clock_timestamp() + interval '1 hour'`,
      ),
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
