/** Jobs that are shown with wrong fields, or under wrong ids. */
import type { ExportJob, Page } from '../../contract/index.ts';
import type { Mutant } from '../mutant.ts';
import { mapPage } from '../stores.ts';
import { changeJobs, replaceJobs, replaceOuterJobs } from './stores.ts';

export const expiredUrlShown: Mutant = {
  name: 'expired-url-shown',
  origin: 'The URL is signed when a job is read, from its file name, whatever its status.',
  clauses: ['EXP-06'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    changeJobs(adapter, (job) =>
      job.status === 'expired' ? { ...job, signedUrl: `https://files.invalid/${job.fileName}` } : job,
    ),
};

export const expiredUrlListed: Mutant = {
  name: 'expired-url-listed',
  origin: 'The list has its own serializer, which signs every row.',
  clauses: ['EXP-06'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const sign = (job: ExportJob): ExportJob =>
      job.status === 'expired' ? { ...job, signedUrl: `https://files.invalid/${job.fileName}` } : job;
    const signed = (page: Page<ExportJob>): Page<ExportJob> => ({ ...page, items: page.items.map(sign) });
    return replaceJobs(adapter, (jobs) => ({ list: async (request) => signed(await jobs.list(request)) }));
  },
};

export const rowsAsText: Mutant = {
  name: 'rows-as-text',
  origin: 'The driver returns bigint as a string, and nobody converts it.',
  clauses: ['EXP-03'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    changeJobs(adapter, (job) => ({ ...job, rows: String(job.rows) as unknown as number })),
};

export const rowsInt4: Mutant = {
  name: 'rows-int4',
  origin: 'rows integer: more than 2,147,483,647 rows do not fit, and an ORM wraps the number around.',
  clauses: ['EXP-03'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => changeJobs(adapter, (job) => ({ ...job, rows: job.rows | 0 })),
};

export const givenExpiryIgnored: Mutant = {
  name: 'given-expiry-ignored',
  origin: 'expires_at DEFAULT now() + interval of seven days, and an INSERT that does not name the column.',
  clauses: ['EXP-03'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceJobs(adapter, (jobs) => ({ create: ({ expiresAt: _ignored, ...job }) => jobs.create(job) })),
};

export const failureReasonLost: Mutant = {
  name: 'failure-reason-lost',
  origin: 'UPDATE … SET status = $1: the reason is only logged.',
  clauses: ['EXP-04'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => changeJobs(adapter, ({ failureReason: _logged, ...job }) => job),
};

export const urlExpiryCut: Mutant = {
  name: 'url-expiry-cut',
  origin: 'signed_url_expires_at is read as a Date, which cuts the microseconds.',
  clauses: ['EXP-03'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    changeJobs(adapter, (job) =>
      job.signedUrlExpiresAt === undefined
        ? job
        : { ...job, signedUrlExpiresAt: new Date(job.signedUrlExpiresAt).toISOString() },
    ),
};

export const jobLifetimeIgnored: Mutant = {
  name: 'job-lifetime-ignored',
  origin: 'expires_at has a default of seven days, and the INSERT ignores ttlMs.',
  clauses: ['EXP-03'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceJobs(adapter, (jobs) => ({ create: ({ ttlMs: _lifetime, ...job }) => jobs.create(job) })),
};

export const jobCreatedTwice: Mutant = {
  name: 'job-created-twice',
  origin:
    'INSERT … ON CONFLICT DO NOTHING, and then SELECT: a request for another export with a known id seems to succeed.',
  clauses: ['ERR-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceJobs(adapter, (jobs) => ({
      create: async (job) => (await jobs.get(job.id)) ?? jobs.create(job),
    })),
};

export const reasonUnlisted: Mutant = {
  name: 'reason-unlisted',
  origin: 'The list has its own columns, and the latest column was not added to them.',
  clauses: ['EXP-04'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceJobs(adapter, (jobs) => ({
      list: async (request) => mapPage(await jobs.list(request), ({ failureReason: _reason, ...job }) => job),
    })),
};

/** A missing job is remembered as missing for a moment. */
export const absentJobCached: Mutant = {
  name: 'absent-job-cached',
  origin: 'A cache of misses, against clients that poll for an id before it exists.',
  clauses: ['STREAM-07'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const absent = new Map<string, number>();
    return replaceOuterJobs(adapter, (jobs) => ({
      get: async (id) => {
        if (performance.now() < (absent.get(id) ?? 0)) return undefined;
        const job = await jobs.get(id);
        if (job === undefined) absent.set(id, performance.now() + 1000);
        return job;
      },
    }));
  },
};

export const jobExpiryCut: Mutant = {
  name: 'job-expiry-cut',
  origin: 'expires_at is read as a Date, which cuts the microseconds of the given time.',
  clauses: ['STREAM-08'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    changeJobs(adapter, (job) => ({ ...job, expiresAt: new Date(job.expiresAt).toISOString() })),
};

export const patchedReasonLost: Mutant = {
  name: 'patched-reason-lost',
  origin: 'fail() stores the reason, but the statement of transition() is older than that column.',
  clauses: ['STREAM-08'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceJobs(adapter, (jobs) => ({
      transition: async (id, from, to, { failureReason: _reason, ...patch } = {}) =>
        jobs.transition(id, from, to, patch),
    })),
};

export const heartbeatOfEnded: Mutant = {
  name: 'heartbeat-of-ended',
  origin:
    'UPDATE … SET heartbeat_at = now() WHERE id = …, and nobody checks the number of rows: a worker whose job has ended is told to continue.',
  clauses: ['EXP-02'],
  bases: ['memory', 'postgres'],
  mutate(adapter) {
    const ended = new Set<string>();
    return replaceOuterJobs(adapter, (jobs) => ({
      async complete(claim, result) {
        const job = await jobs.complete(claim, result);
        ended.add(claim);
        return job;
      },
      heartbeat: (claim) => (ended.has(claim) ? undefined : jobs.heartbeat(claim)),
    }));
  },
};

export const failedListedAsBusy: Mutant = {
  name: 'failed-listed-as-busy',
  origin:
    'The list uses a view whose CASE knows only ready and expired: every other started job is "processing".',
  clauses: ['EXP-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceJobs(adapter, (jobs) => ({
      list: async (request) =>
        mapPage(await jobs.list(request), (job) =>
          job.status === 'failed' ? { ...job, status: 'processing' } : job,
        ),
    })),
};

export const fileNameCut: Mutant = {
  name: 'file-name-cut',
  origin: 'path.basename() against path traversal: "2026/01.csv" loses its folder.',
  clauses: ['STREAM-08'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceJobs(adapter, (jobs) => ({
      create: (job) => jobs.create({ ...job, fileName: job.fileName.split('/').at(-1) as string }),
    })),
};

export const urlRewritten: Mutant = {
  name: 'url-rewritten',
  origin: 'new URL(text).href to check a URL: the text changes, and its signature becomes invalid.',
  clauses: ['STREAM-08'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceJobs(adapter, (jobs) => ({
      transition: (id, from, to, patch) =>
        jobs.transition(
          id,
          from,
          to,
          patch?.signedUrl !== undefined && URL.canParse(patch.signedUrl)
            ? { ...patch, signedUrl: new URL(patch.signedUrl).href }
            : patch,
        ),
    })),
};
