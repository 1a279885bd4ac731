/** Instances keep what they have read of exports and activity, for a moment or until they change it themselves. */
import type { ActivityEvent, ExportAuditRecord, ExportJob, Page } from '../../contract/index.ts';
import type { Mutant } from '../mutant.ts';
import { replaceOuterStore } from '../stores.ts';
import { replaceAudit, replaceJobs } from './stores.ts';

const LIFETIME_MS = 200;

/** The latest answer for each request. Every write of the instance clears it. */
class Answers<T> {
  readonly #known = new Map<string, { readonly answer: T; readonly until: number }>();

  async to(question: unknown, ask: () => T | Promise<T>): Promise<T> {
    const key = JSON.stringify(question);
    const known = this.#known.get(key);
    if (known !== undefined && performance.now() < known.until) return structuredClone(known.answer);
    const answer = await ask();
    this.#known.set(key, { answer: structuredClone(answer), until: performance.now() + LIFETIME_MS });
    return answer;
  }

  forget(): void {
    this.#known.clear();
  }
}

export const jobCache: Mutant = {
  name: 'job-cache',
  origin:
    'Jobs are polled for their status, so each process caches what it has read, but a worker in another process writes.',
  clauses: ['X-01'],
  bases: ['postgres'],
  mutate: (adapter) => {
    const answers = new Answers<ExportJob | undefined>();
    return replaceJobs(adapter, (jobs) => ({
      get: (id) => answers.to(id, () => jobs.get(id)),
      create: (job) => {
        answers.forget();
        return jobs.create(job);
      },
      delete: (id) => {
        answers.forget();
        return jobs.delete(id);
      },
      transition: (...move) => {
        answers.forget();
        return jobs.transition(...move);
      },
    }));
  },
};

export const auditCache: Mutant = {
  name: 'audit-cache',
  origin: 'Audit records never change, so a page of them is cached: but the last page grows.',
  clauses: ['X-01'],
  bases: ['postgres'],
  mutate: (adapter) => {
    const answers = new Answers<Page<ExportAuditRecord>>();
    return replaceAudit(adapter, (audit) => ({
      append: (record) => {
        answers.forget();
        return audit.append(record);
      },
      list: (request) => answers.to(request, () => audit.list(request)),
    }));
  },
};

export const activityCache: Mutant = {
  name: 'activity-cache',
  origin: 'The feed is the page that everybody reads first, and events never change: each process caches it.',
  clauses: ['X-01'],
  bases: ['postgres'],
  mutate: (adapter) => {
    const answers = new Answers<Page<ActivityEvent>>();
    return replaceOuterStore(adapter, 'activity', (activity) => ({
      ...activity,
      append: (event) => {
        answers.forget();
        return activity.append(event);
      },
      list: (request) => answers.to(request, () => activity.list(request)),
    }));
  },
};
