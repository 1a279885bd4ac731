/** Changes the export repository of an instance and of its views. */
import type {
  ExportAuditStore,
  ExportJob,
  ExportJobStore,
  ExportRepository,
  StorageAdapter,
} from '../../contract/index.ts';
import { extend, replaceView } from '../mutant.ts';
import { mapPage } from '../stores.ts';

/** `adapter` with its export repository, and that of each view, replaced by `change` of it. */
function replaceExports(
  adapter: StorageAdapter,
  change: (inner: ExportRepository) => ExportRepository,
): StorageAdapter {
  const viewed = replaceView(adapter, (view) => ({
    ...view,
    exports: change(view.exports as ExportRepository),
  }));
  return extend(viewed, { exportRepository: change(adapter.exportRepository as ExportRepository) });
}

/**
 * `adapter` with changed members of its store of export jobs outside sections. Views keep the store of the reference.
 */
export function replaceOuterJobs(
  adapter: StorageAdapter,
  change: (jobs: Required<ExportJobStore>) => Partial<ExportJobStore>,
): StorageAdapter {
  const repository = adapter.exportRepository as ExportRepository;
  // Every reference adapter also has the claims.
  const jobs = repository.jobs as Required<ExportJobStore>;
  return extend(adapter, { exportRepository: { ...repository, jobs: { ...jobs, ...change(jobs) } } });
}

export function replaceJobs(
  adapter: StorageAdapter,
  change: (jobs: ExportJobStore) => Partial<ExportJobStore>,
): StorageAdapter {
  return replaceExports(adapter, ({ jobs, audit }) => ({ jobs: { ...jobs, ...change(jobs) }, audit }));
}

export function replaceAudit(
  adapter: StorageAdapter,
  change: (audit: ExportAuditStore) => Partial<ExportAuditStore>,
): StorageAdapter {
  return replaceExports(adapter, ({ jobs, audit }) => ({ jobs, audit: { ...audit, ...change(audit) } }));
}

/** `adapter`, which shows `change(job)` instead of each job, in every answer. */
export function changeJobs(adapter: StorageAdapter, change: (job: ExportJob) => ExportJob): StorageAdapter {
  return replaceJobs(adapter, (jobs) => ({
    create: async (job) => change(await jobs.create(job)),
    get: async (id) => {
      const job = await jobs.get(id);
      return job === undefined ? undefined : change(job);
    },
    list: async (request) => mapPage(await jobs.list(request), change),
    scan: async (request) => mapPage(await jobs.scan(request), change),
    transition: async (id, from, to, patch) => change(await jobs.transition(id, from, to, patch)),
  }));
}
