import type { IdempotencyRecord } from '../../contract/index.ts';
import { extend, type Mutant } from '../mutant.ts';

const kept = new Map<string, IdempotencyRecord>();
const TENANT = /"ls_[a-z0-9_]+"\.users\b/g;

/** Replay records that were read once are kept for the whole process, by token alone. */
export const tokenCacheOfAll: Mutant = {
  name: 'token-cache-of-all',
  origin:
    'A static cache in front of the store whose key lacks the tenant: one tenant is answered with another’s record.',
  clauses: ['LIFE-05'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const store = adapter.idempotencyStore;
    if (store === undefined) return adapter;
    return extend(adapter, {
      idempotencyStore: {
        insert: (record) => store.insert(record),
        putIfAbsent: (record) => store.putIfAbsent(record),
        deleteExpired: (limit) => store.deleteExpired(limit),
        scan: (request) => store.scan(request),
        get: async (token) => {
          const record = kept.get(token) ?? (await store.get(token));
          if (record !== undefined) kept.set(token, record);
          return record;
        },
        delete: async (token) => {
          kept.delete(token);
          return store.delete(token);
        },
      },
    });
  },
};

/** The users of all namespaces are in one table. */
export const sharedTable: Mutant = {
  name: 'shared-table',
  origin: 'One table outlived the change to a schema a tenant, since its statements name the schema.',
  clauses: ['LIFE-05'],
  bases: ['postgres'],
  rewrite: (sql) =>
    sql
      .replace('CREATE TABLE users (', 'CREATE TABLE IF NOT EXISTS public.lockstep_shared_users (')
      .replace(TENANT, 'public.lockstep_shared_users'),
};
