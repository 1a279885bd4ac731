import type { ExportRepository, UserStore } from '../../contract/index.ts';
import { replaceView, type Mutant } from '../mutant.ts';

/** The instance caches users that a section has read, for later sections. */
export const userCacheOfSections: Mutant = {
  name: 'user-cache-of-sections',
  origin:
    'An identity map that lives as long as the repository instead of the unit of work: reads outside of sections are correct.',
  clauses: ['X-01'],
  bases: ['postgres'],
  mutate: (adapter) => {
    const known = new Map<string, Awaited<ReturnType<UserStore['get']>>>();
    return replaceView(adapter, (view) => {
      const inner = view.users as UserStore;
      return {
        ...view,
        users: {
          ...inner,
          get: async (wallet) => {
            if (!known.has(wallet)) known.set(wallet, await inner.get(wallet));
            return known.get(wallet);
          },
          put: async (user) => {
            const stored = await inner.put(user);
            known.set(user.walletAddress, stored);
            return stored;
          },
        },
      };
    });
  },
};

/** The same for export jobs. */
export const jobCacheOfSections: Mutant = {
  name: 'job-cache-of-sections',
  origin: 'The same for export jobs: a section checks whether a job is ready before its URL is handed out.',
  clauses: ['X-01'],
  bases: ['postgres'],
  mutate: (adapter) => {
    type Job = Awaited<ReturnType<ExportRepository['jobs']['get']>>;
    const known = new Map<string, Job>();
    return replaceView(adapter, (view) => {
      const { jobs, audit } = view.exports as ExportRepository;
      return {
        ...view,
        exports: {
          audit,
          jobs: {
            ...jobs,
            get: async (id) => {
              if (!known.has(id)) known.set(id, await jobs.get(id));
              return known.get(id);
            },
          },
        },
      };
    });
  },
};
