/** Calls of workers that end more than they should, or take effect outside of their section. */
import { codeOf, type ExportJobStore, type ExportRepository } from '../../contract/index.ts';
import { replaceView, type Mutant } from '../mutant.ts';
import { replaceJobs } from './stores.ts';

export const refusedResultFailsJob: Mutant = {
  name: 'refused-result-fails-job',
  origin:
    'catch (error) { await fail(job, error.message); throw error } around all of complete: a result that is refused as malformed ends the job.',
  clauses: ['EXP-02'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceJobs(adapter, (jobs) => {
      const { complete, fail } = jobs as Required<ExportJobStore>;
      return {
        complete: async (claim, result) => {
          try {
            return await complete(claim, result);
          } catch (error) {
            if (codeOf(error) === 'INVALID_RECORD') await fail(claim, 'malformed');
            throw error;
          }
        },
      };
    }),
};

export const emptyReasonLost: Mutant = {
  name: 'empty-reason-lost',
  origin: 'reason || null: an error without a message leaves a failed job without a reason.',
  clauses: ['EXP-02'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceJobs(adapter, (jobs) => {
      const { fail } = jobs as Required<ExportJobStore>;
      return {
        fail: async (claim, reason) => {
          const { failureReason, ...job } = await fail(claim, reason);
          return failureReason ? { ...job, failureReason } : job;
        },
      };
    }),
};

export const workOutsideSection: Mutant = {
  name: 'work-outside-section',
  origin:
    'The queue is a module with its own pool: what a transaction does with a job stays after a rollback.',
  clauses: ['EXP-02'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const { claimNext, complete } = (adapter.exportRepository as ExportRepository)
      .jobs as Required<ExportJobStore>;
    return replaceView(adapter, (view) => {
      const { jobs, audit } = view.exports as ExportRepository;
      return { ...view, exports: { audit, jobs: { ...jobs, claimNext, complete } } };
    });
  },
};
