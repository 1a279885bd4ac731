/** Writes that return something else than what they stored. */
import type { ExportJob } from '../../contract/index.ts';
import { replaceAudit, replaceJobs, replaceOuterJobs } from '../exports/stores.ts';
import { replaceClaims, replaceIdempotency } from '../idempotency/stores.ts';
import type { Mutant } from '../mutant.ts';
import { replaceStore } from '../stores.ts';

const OLD_DOCUMENT =
  'findOneAndUpdate() of MongoDB resolves with the document before the update, unless an option is set.';
const OWN_TIME =
  'The repository returns its argument with `new Date()`, but the row has the time that the database set.';

const bases = ['memory', 'postgres'] as const;

function ownTime(): string {
  return new Date().toISOString();
}

export const moveAnswersBefore: Mutant = {
  name: 'move-answers-before',
  origin: OLD_DOCUMENT,
  clauses: ['EXP-01'],
  bases,
  mutate: (adapter) =>
    replaceJobs(adapter, (jobs) => ({
      transition: async (id, from, to, patch) => {
        const before = await jobs.get(id);
        const after = await jobs.transition(id, from, to, patch);
        return before ?? after;
      },
    })),
};

export const endAnswersBefore: Mutant = {
  name: 'end-answers-before',
  origin: OLD_DOCUMENT,
  clauses: ['EXP-04'],
  bases,
  mutate: (adapter) => {
    const asBefore = (job: ExportJob): ExportJob => {
      const { signedUrl: _url, signedUrlExpiresAt: _expiry, failureReason: _reason, ...rest } = job;
      return { ...rest, status: 'processing', rows: 0 };
    };
    return replaceOuterJobs(adapter, (jobs) => ({
      complete: async (claim, result) => asBefore(await jobs.complete(claim, result)),
      fail: async (claim, reason) => asBefore(await jobs.fail(claim, reason)),
    }));
  },
};

export const appendAnswersOwnTime: Mutant = {
  name: 'append-answers-own-time',
  origin: OWN_TIME,
  clauses: ['ACT-01'],
  bases,
  mutate: (adapter) =>
    replaceStore(adapter, 'activity', (store) => ({
      ...store,
      append: async (event) => ({ ...(await store.append(event)), timestamp: event.timestamp ?? ownTime() }),
    })),
};

export const auditAnswersOwnTime: Mutant = {
  name: 'audit-answers-own-time',
  origin: OWN_TIME,
  clauses: ['AUD-01'],
  bases,
  mutate: (adapter) =>
    replaceAudit(adapter, (audit) => ({
      append: async (record) => ({
        ...(await audit.append(record)),
        timestamp: record.timestamp ?? ownTime(),
      }),
    })),
};

export const userAnswersOwnTime: Mutant = {
  name: 'user-answers-own-time',
  origin: OWN_TIME,
  clauses: ['STREAM-07'],
  bases,
  mutate: (adapter) =>
    replaceStore(adapter, 'users', (store) => ({
      ...store,
      put: async (user) => ({ ...(await store.put(user)), updatedAt: user.updatedAt ?? ownTime() }),
    })),
};

export const insertAnswersOwnTime: Mutant = {
  name: 'insert-answers-own-time',
  origin: OWN_TIME,
  clauses: ['IDEM-06'],
  bases,
  mutate: (adapter) =>
    replaceIdempotency(adapter, (inner) => ({
      insert: async (record) => ({
        ...(await inner.insert(record)),
        createdAt: record.createdAt ?? ownTime(),
      }),
    })),
};

export const finishAnswersOwnTime: Mutant = {
  name: 'finish-answers-own-time',
  origin: OWN_TIME,
  clauses: ['IDEM-05'],
  bases,
  mutate: (adapter) =>
    replaceClaims(adapter, (store) => ({
      finish: async (claim, record) => ({
        ...(await store.finish(claim, record)),
        createdAt: record.createdAt ?? ownTime(),
      }),
    })),
};
