import { randomUUID } from 'node:crypto';
import type { ClaimedJob, ExportJob, ExportJobStore } from '../../contract/index.ts';
import type { Mutant } from '../mutant.ts';
import { replaceOuterJobs } from './stores.ts';

/** How many jobs are searched for a pending one. */
const LOOK_LIMIT = 1000;

/** The next job is selected and then marked by its id. Two workers that select at the same time both get it. */
export const naiveClaim: Mutant = {
  name: 'naive-claim',
  origin:
    'SELECT … WHERE status = pending LIMIT 1, then UPDATE … WHERE id = …: without FOR UPDATE, and without checking the status again.',
  clauses: ['EXP-02'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceOuterJobs(adapter, (jobs) => ({
      claimNext: async (worker, leaseMs) => (await claimPending(jobs)) ?? jobs.claimNext(worker, leaseMs),
    })),
};

async function claimPending(jobs: ExportJobStore): Promise<ClaimedJob | undefined> {
  const { items } = await jobs.scan({ limit: LOOK_LIMIT });
  const selected = items.find(({ status }) => status === 'pending');
  if (selected === undefined) return undefined;
  return { job: await mark(jobs, selected), claim: randomUUID() };
}

/** Like an update by id alone, which does not check the status of the job. */
async function mark(jobs: ExportJobStore, { id, attempts }: ExportJob): Promise<ExportJob> {
  const claimed = { attempts: attempts + 1 };
  try {
    return await jobs.transition(id, ['pending'], 'processing', claimed);
  } catch {
    const job = (await jobs.get(id)) as ExportJob;
    return { ...job, ...claimed, status: 'processing' };
  }
}
