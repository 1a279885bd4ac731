/**
 * Transitions that do not compare the status in the statement that writes it, or that show the new status too early.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  codeOf,
  transitionJob,
  validateTransition,
  type ExportJob,
  type ExportJobStore,
  type ExportPatch,
} from '../../contract/index.ts';
import type { Mutant } from '../mutant.ts';
import { changeJobs, replaceJobs } from './stores.ts';

export const transitionFromAny: Mutant = {
  name: 'transition-from-any',
  origin: 'The table of allowed transitions is checked, but not the statuses that the caller named.',
  clauses: ['EXP-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceJobs(adapter, (jobs) => ({
      transition: (id, _from, to, patch) =>
        jobs.transition(id, ['pending', 'processing', 'ready', 'failed', 'expired'], to, patch),
    })),
};

export const transitionFromNone: Mutant = {
  name: 'transition-from-none',
  origin: 'A query builder omits "status IN (...)" if the list is empty: from no status becomes from any.',
  clauses: ['EXP-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceJobs(adapter, (jobs) => ({
      transition: (id, from, to, patch) =>
        jobs.transition(
          id,
          from.length === 0 ? ['pending', 'processing', 'ready', 'failed', 'expired'] : from,
          to,
          patch,
        ),
    })),
};

/** Sets the status of the job to `to`, whatever it was. */
async function force(
  jobs: ExportJobStore,
  { id, ownerId, fileName, requestedAt, expiresAt }: ExportJob,
  to: 'ready' | 'failed',
  patch: ExportPatch | undefined,
): Promise<ExportJob> {
  await jobs.delete(id);
  await jobs.create({ id, ownerId, fileName, requestedAt, expiresAt });
  await jobs.transition(id, ['pending'], 'processing');
  return jobs.transition(id, ['processing'], to, patch);
}

export const readyOverExpired: Mutant = {
  name: 'ready-over-expired',
  origin:
    'The worker finishes with UPDATE ... SET status = ready WHERE id = $1, although the job has expired in the meantime.',
  clauses: ['EXP-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceJobs(adapter, (jobs) => ({
      transition: async (id, from, to, patch) => {
        try {
          return await jobs.transition(id, from, to, patch);
        } catch (error) {
          const job = await jobs.get(id);
          if (codeOf(error) !== 'CONFLICT' || to !== 'ready' || job?.status !== 'expired') throw error;
          return force(jobs, job, to, patch);
        }
      },
    })),
};

export const failedOverReady: Mutant = {
  name: 'failed-over-ready',
  origin: 'A second worker times out and marks a job failed that the first one had finished.',
  clauses: ['EXP-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceJobs(adapter, (jobs) => ({
      transition: async (id, from, to, patch) => {
        const job = to === 'failed' ? await jobs.get(id) : undefined;
        return job?.status === 'ready'
          ? force(jobs, job, 'failed', patch)
          : jobs.transition(id, from, to, patch);
      },
    })),
};

export const transitionChecksLate: Mutant = {
  name: 'transition-checked-before',
  origin: 'The object from the ORM is checked and saved, and another worker saved it in between.',
  clauses: ['EXP-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceJobs(adapter, (jobs) => ({
      transition: async (id, from, to, patch = {}) => {
        validateTransition(to, patch);
        const job = await jobs.get(id);
        if (job === undefined) return jobs.transition(id, from, to, patch);
        const next = transitionJob(job, from, to, patch);
        try {
          return await jobs.transition(id, from, to, patch);
        } catch (error) {
          if (codeOf(error) !== 'CONFLICT') throw error;
          return next;
        }
      },
    })),
};

/** How long the upload after the new status takes, in milliseconds. */
const UPLOAD_MS = 3;

export const readyBeforeArtefact: Mutant = {
  name: 'ready-before-artefact',
  origin:
    'The status is set before the upload, and the URL after it: in between, readers see a ready job without a URL.',
  clauses: ['EXP-03'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const uploading = new Set<string>();
    const bare = changeJobs(adapter, (job) => {
      if (!uploading.has(job.id)) return job;
      const { signedUrl: _url, signedUrlExpiresAt: _expiry, ...rest } = job;
      return { ...rest, rows: 0 };
    });
    return replaceJobs(bare, (jobs) => ({
      transition: async (id, from, to, patch) => {
        if (to !== 'ready') return jobs.transition(id, from, to, patch);
        uploading.add(id);
        try {
          await jobs.transition(id, from, to, patch);
          await sleep(UPLOAD_MS);
        } finally {
          uploading.delete(id);
        }
        return (await jobs.get(id)) as ExportJob;
      },
    }));
  },
};

export const firstFromOnly: Mutant = {
  name: 'first-from-only',
  origin: 'WHERE status = $2 with the first of the statuses, because there used to be only one.',
  clauses: ['EXP-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceJobs(adapter, (jobs) => ({
      transition: (id, from, to, patch) => jobs.transition(id, from.slice(0, 1), to, patch),
    })),
};

export const unpatchedNameLost: Mutant = {
  name: 'unpatched-name-lost',
  origin: 'SET file_name = $4, with a default if the patch has none: the requested name is lost.',
  clauses: ['EXP-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceJobs(adapter, (jobs) => ({
      transition: async (id, from, to, patch = {}) =>
        jobs.transition(id, from, to, { fileName: 'export.csv', ...patch }),
    })),
};
