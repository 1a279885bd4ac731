/** Stores that keep records of several kinds under one key. */
import { codeOf, type ExportRepository, type StorageAdapter } from '../../contract/index.ts';
import { alreadyExists } from '../../contract/rules/refusals.ts';
import type { Mutant } from '../mutant.ts';
import { replaceAudit, replaceJobs } from '../exports/stores.ts';
import { replaceStore } from '../stores.ts';

export const eventsAmongStreams: Mutant = {
  name: 'events-among-streams',
  origin:
    'Single-table design: the key is the id, and attribute_not_exists(pk) finds a record of another kind.',
  clauses: ['STREAM-02'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceStore(adapter, 'activity', (activity) => ({
      ...activity,
      async append(event) {
        const isTaken = (await adapter.streamRepository?.streams?.get(event.id)) !== undefined;
        if (isTaken) throw alreadyExists('activity', event.id);
        return activity.append(event);
      },
    })),
};

export const auditAmongJobs: Mutant = {
  name: 'audit-among-jobs',
  origin: 'The first audit record gets the id of its job, and both kinds share a bucket.',
  clauses: ['STREAM-02'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceAudit(adapter, (audit) => ({
      async append(record) {
        const { jobs } = adapter.exportRepository as ExportRepository;
        if ((await jobs.get(record.id)) !== undefined) throw alreadyExists('exports', record.id);
        return audit.append(record);
      },
    })),
};

const PLAIN: object = {};

export const usersInObject: Mutant = {
  name: 'users-in-object',
  origin:
    'const users = {}: users["constructor"] is a function, and users["__proto__"] = user stores nothing.',
  clauses: ['STREAM-02'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceStore(adapter, 'users', (users) => ({
      ...users,
      get: (address) => (address === '__proto__' ? undefined : users.get(address)),
    })),
};

export const jobsInObject: Mutant = {
  name: 'jobs-in-object',
  origin: 'if (id in jobs) throw new AlreadyExists(): every object has "constructor".',
  clauses: ['STREAM-02'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceJobs(adapter, (jobs) => ({
      create(job) {
        if (typeof job?.id === 'string' && job.id in PLAIN) throw alreadyExists('exports', job.id);
        return jobs.create(job);
      },
    })),
};

/**
 * Remembers the ids of created streams until they are deleted, and refuses them even if their creation was rolled
 * back.
 */
function remembering(adapter: StorageAdapter): StorageAdapter {
  const seen = new Set<string>();
  return replaceStore(adapter, 'streams', (streams) => ({
    ...streams,
    async create(stream) {
      if (seen.has(stream?.id)) throw alreadyExists('streams', stream.id);
      try {
        const stored = await streams.create(stream);
        seen.add(stored.id);
        return stored;
      } catch (error) {
        if (codeOf(error) === 'ALREADY_EXISTS') seen.add(stream.id);
        throw error;
      }
    },
    async delete(id) {
      seen.delete(id);
      return streams.delete(id);
    },
  }));
}

export const rolledBackIdTaken: Mutant = {
  name: 'rolled-back-id-taken',
  origin: 'A set or a Bloom filter of used ids saves a query. A rollback does not remove its ids from it.',
  clauses: ['LOCK-02'],
  bases: ['memory', 'postgres'],
  mutate: remembering,
};
