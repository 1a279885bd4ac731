/** The late answer of a read from before a write fills the cache after it. */
import { replaceAudit, replaceJobs } from '../exports/stores.ts';
import { replaceStore as replaceTokens } from '../idempotency/stores.ts';
import type { Mutant } from '../mutant.ts';
import { replaceOuterStore } from '../stores.ts';
import { filled } from './filled.ts';

export const staleStreamFill: Mutant = filled(
  {
    name: 'stale-stream-fill',
    origin: 'cache.set(id, await db.get(id)) beside db.put(stream).then(() => cache.delete(id)): look-aside.',
    clauses: ['STREAM-01'],
  },
  (adapter, cache) =>
    replaceOuterStore(adapter, 'streams', (store) => ({
      ...store,
      get: cache.reading('get', (id) => store.get(id)),
      create: cache.writing((stream) => store.create(stream)),
      put: cache.writing((stream) => store.put(stream)),
      delete: cache.writing((id) => store.delete(id)),
    })),
);

export const staleUserFill: Mutant = filled(
  {
    name: 'stale-user-fill',
    origin: 'Profiles are shown on every page: the cache is emptied as they are saved, by who saves them.',
    clauses: ['STREAM-01'],
  },
  (adapter, cache) =>
    replaceOuterStore(adapter, 'users', (store) => ({
      ...store,
      get: cache.reading('get', (wallet) => store.get(wallet)),
      put: cache.writing((user) => store.put(user)),
    })),
);

export const staleFeedFill: Mutant = filled(
  {
    name: 'stale-feed-fill',
    origin: 'The first page of the feed is cached until something is appended, and is read all the time.',
    clauses: ['ACT-05'],
  },
  (adapter, cache) =>
    replaceOuterStore(adapter, 'activity', (store) => ({
      ...store,
      list: cache.reading('list', (request) => store.list(request)),
      append: cache.writing((event) => store.append(event)),
    })),
);

export const staleTokenFill: Mutant = filled(
  {
    name: 'stale-token-fill',
    origin: 'A repeat asks whether the token is known while the first request stores it: "unknown" is kept.',
    clauses: ['IDEM-02'],
  },
  (adapter, cache) =>
    replaceTokens(adapter, (store) => ({
      get: cache.reading('get', (token) => store.get(token)),
      insert: cache.writing((record) => store.insert(record)),
      putIfAbsent: cache.writing((record) => store.putIfAbsent(record)),
      delete: cache.writing((token) => store.delete(token)),
    })),
);

export const staleJobFill: Mutant = filled(
  {
    name: 'stale-job-fill',
    origin:
      'Clients poll a job while it becomes ready: the answer of a poll from before is kept as the last.',
    clauses: ['EXP-03'],
  },
  (adapter, cache) =>
    replaceJobs(adapter, (jobs) => ({
      get: cache.reading('get', (id) => jobs.get(id)),
      create: cache.writing((job) => jobs.create(job)),
      delete: cache.writing((id) => jobs.delete(id)),
      transition: cache.writing((...move) => jobs.transition(...move)),
    })),
);

export const staleAuditFill: Mutant = filled(
  {
    name: 'stale-audit-fill',
    origin: 'The audit of an export is cached until it grows, and is read while it does.',
    clauses: ['AUD-01'],
  },
  (adapter, cache) =>
    replaceAudit(adapter, (audit) => ({
      list: cache.reading('list', (request) => audit.list(request)),
      append: cache.writing((record) => audit.append(record)),
    })),
);
