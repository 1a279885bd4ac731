/** Stores of exports that treat several ids as one, or one id as several records. */
import { crc32 } from 'node:zlib';
import { codeOf } from '../../contract/index.ts';
import type { Mutant } from '../mutant.ts';
import { replaceAudit, replaceJobs, replaceOuterJobs } from './stores.ts';

export const hashedJobIds: Mutant = {
  name: 'hashed-job-ids',
  origin: 'A short column for the key: CRC-32 of tenant and id, until two jobs collide.',
  clauses: ['EXP-05'],
  bases: ['memory'],
  mutate: (adapter, { options: { namespace } }) => {
    const first = new Map<number, string>();
    const known = (id: string): string => {
      if (typeof id !== 'string') return id;
      const key = crc32(`${namespace}/${id}`);
      return first.get(key) ?? first.set(key, id).get(key) ?? id;
    };
    return replaceJobs(adapter, (jobs) => ({
      create: (job) => jobs.create(typeof job?.id === 'string' ? { ...job, id: known(job.id) } : job),
      get: (id) => jobs.get(known(id)),
      delete: (id) => jobs.delete(known(id)),
    }));
  },
};

export const jobOfOtherOwner: Mutant = {
  name: 'job-of-other-owner',
  origin:
    'A unique key over owner and job: the same id of another owner is another job, and get shows one of them.',
  clauses: ['EXP-01'],
  bases: ['memory'],
  mutate: (adapter) =>
    replaceJobs(adapter, (jobs) => ({
      create: async (job) => {
        const there = typeof job?.id === 'string' && job.id !== '' ? await jobs.get(job.id) : undefined;
        return there === undefined || there.ownerId === job.ownerId
          ? jobs.create(job)
          : { ...there, ownerId: job.ownerId };
      },
    })),
};

export const auditOfOtherExport: Mutant = {
  name: 'audit-of-other-export',
  origin:
    'A unique key over export and record: an id of another export’s record is accepted, and one of the two is lost.',
  clauses: ['AUD-01'],
  bases: ['memory'],
  mutate: (adapter) =>
    replaceAudit(adapter, (audit) => ({
      append: async (record) => {
        try {
          return await audit.append(record);
        } catch (error) {
          if (codeOf(error) !== 'ALREADY_EXISTS') throw error;
          const { items } = await audit.list({ exportId: record.exportId, limit: 1000 });
          if (items.some(({ id }) => id === record.id)) throw error;
          return { ...record, timestamp: '2026-01-31T08:15:00.000Z' };
        }
      },
    })),
};

export const jobClaimOfATimer: Mutant = {
  name: 'job-claim-of-a-timer',
  origin: 'A timer gives the job back: with a lease beyond 2^31 ms it fires at once.',
  clauses: ['EXP-02'],
  bases: ['memory'],
  mutate: (adapter) =>
    replaceOuterJobs(adapter, (jobs) => ({
      claimNext: (worker, leaseMs) => jobs.claimNext(worker, leaseMs > 2 ** 31 - 1 ? 1 : leaseMs),
    })),
};
