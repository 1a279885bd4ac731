import { StorageError } from '../../contract/index.ts';
import type { Mutant } from '../mutant.ts';
import { replaceOuterJobs } from './stores.ts';

/** A worker ends a job by its id, even if another worker has taken it over. */
export const finishByJobId: Mutant = {
  name: 'finish-by-job-id',
  origin:
    'UPDATE … SET status = ready WHERE id = … AND status = processing: after a takeover, the job is processing, too.',
  clauses: ['EXP-04'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    // The job of each claim that this instance has given out.
    const jobOf = new Map<string, string>();
    const idOf = (claim: string): string => {
      const id = jobOf.get(claim);
      if (id === undefined) throw new StorageError('CONFLICT', 'Expected a claim of this worker.');
      return id;
    };
    return replaceOuterJobs(adapter, (jobs) => ({
      claimNext: async (worker, leaseMs) => {
        const claimed = await jobs.claimNext(worker, leaseMs);
        if (claimed !== undefined) jobOf.set(claimed.claim, claimed.job.id);
        return claimed;
      },
      complete: async (claim, result) => jobs.transition(idOf(claim), ['processing'], 'ready', result),
      fail: async (claim) => jobs.transition(idOf(claim), ['processing'], 'failed'),
    }));
  },
};
