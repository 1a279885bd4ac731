import { compareTimestamps, MAX_PAGE_LIMIT } from '../../contract/index.ts';
import type { Mutant } from '../mutant.ts';
import { replaceOuterJobs } from './stores.ts';

/** The next job is searched only within the first page of all jobs. */
export const claimsInPage: Mutant = {
  name: 'claims-in-page',
  origin:
    'SELECT … ORDER BY requested_at LIMIT 1000, and the pending jobs are filtered in code: once the page is full of other jobs, no worker gets one.',
  clauses: ['EXP-02'],
  bases: ['memory'],
  mutate: (adapter) =>
    replaceOuterJobs(adapter, (jobs) => ({
      claimNext: async (worker, leaseMs) => {
        const first = await jobs.scan({ limit: MAX_PAGE_LIMIT });
        if (first.nextCursor === undefined) return jobs.claimNext(worker, leaseMs);
        const rest = await jobs.scan({ limit: MAX_PAGE_LIMIT, cursor: first.nextCursor });
        const page = [...first.items, ...rest.items]
          .toSorted((one, other) => compareTimestamps(one.requestedAt, other.requestedAt))
          .slice(0, MAX_PAGE_LIMIT);
        return page.some(({ status }) => status === 'pending') ? jobs.claimNext(worker, leaseMs) : undefined;
      },
    })),
};
