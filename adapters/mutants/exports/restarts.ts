/** Leftovers of earlier jobs: attempts of a deleted job, and jobs of other instances at the start. */
import type { ExportJobStore, ExportRepository } from '../../contract/index.ts';
import type { Mutant } from '../mutant.ts';
import { changeJobs, replaceJobs } from './stores.ts';

export const recreatedKeepsAttempts: Mutant = {
  name: 'recreated-keeps-attempts',
  origin:
    'Attempts are counted in a separate table by the id of the job, and deleting a job does not clear it.',
  clauses: ['EXP-02'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const before = new Map<string, number>();
    const forgetful = replaceJobs(adapter, (jobs) => ({
      delete: async (id) => {
        const job = await jobs.get(id);
        if (job !== undefined) before.set(id, job.attempts + (before.get(id) ?? 0));
        return jobs.delete(id);
      },
    }));
    return changeJobs(forgetful, (job) => ({ ...job, attempts: job.attempts + (before.get(job.id) ?? 0) }));
  },
};

const LOOK_LIMIT = 1000;

async function failAll(jobs: ExportJobStore): Promise<void> {
  const { items } = await jobs.scan({ limit: LOOK_LIMIT });
  for (const { id, status } of items)
    if (status === 'processing')
      await jobs.transition(id, ['processing'], 'failed', { failureReason: 'interrupted' });
}

export const openFailsJobs: Mutant = {
  name: 'open-fails-jobs',
  origin:
    'UPDATE jobs SET status = failed WHERE status = processing at the start, "left over from the last run".',
  clauses: ['EXP-02'],
  bases: ['memory', 'postgres'],
  mutate: async (adapter) => {
    await failAll((adapter.exportRepository as ExportRepository).jobs);
    return adapter;
  },
};
