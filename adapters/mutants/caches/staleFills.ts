/** A read that began before a write fills the cache after it, with the old value. */
import { replaceAudit, replaceJobs } from '../exports/stores.ts';
import { replaceStore as replaceTokens } from '../idempotency/stores.ts';
import type { Mutant } from '../mutant.ts';
import { replaceOuterStore } from '../stores.ts';
import { filled } from './filled.ts';

export const staleStreamFill: Mutant = filled(
  {
    name: 'stale-stream-fill',
    origin:
      'A look-aside cache: cache.set(id, await db.get(id)) races with db.put(stream).then(() => cache.delete(id)).',
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
    origin:
      'Profiles are shown on every page: the cache is cleared when one is saved, while another request is reading it.',
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
    origin: 'The first page of the feed is cached until an event is appended, while it is read all the time.',
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
    origin:
      'A repetition asks whether the token is known while the first request stores it: "unknown" is cached.',
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
    origin: 'Clients poll a job while it becomes ready: the outdated answer of a poll is cached.',
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
    origin: 'The audit of an export is cached until a record is appended, while it is being read.',
    clauses: ['AUD-01'],
  },
  (adapter, cache) =>
    replaceAudit(adapter, (audit) => ({
      list: cache.reading('list', (request) => audit.list(request)),
      append: cache.writing((record) => audit.append(record)),
    })),
);
