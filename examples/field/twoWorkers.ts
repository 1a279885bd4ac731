import { randomUUID } from 'node:crypto';
import type { ExportJob } from 'lockstep';
import { changeJobs, field } from './base.ts';

const ALL = 1000;

// Two workers are notified of one job, and neither checks its state when it takes it.
export default field('two-workers', (adapter) =>
  changeJobs(adapter, (jobs) => ({
    async claimNext(worker, leaseMs) {
      const { items } = await jobs.scan({ limit: ALL });
      const found = items.find(({ status }) => status === 'pending');
      if (found === undefined) return jobs.claimNext(worker, leaseMs);
      const attempts = found.attempts + 1;
      const taken = await Promise.resolve(
        jobs.transition(found.id, ['pending'], 'processing', { attempts }),
      ).catch(async () => ({
        ...((await jobs.get(found.id)) as ExportJob),
        attempts,
        status: 'processing' as const,
      }));
      return { job: taken, claim: randomUUID() };
    },
  })),
);
