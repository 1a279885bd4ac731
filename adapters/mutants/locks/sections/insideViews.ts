import {
  StorageError,
  type ActivityStore,
  type ExportRepository,
  type StreamRepository,
  type StreamStore,
  type UserStore,
} from '../../../contract/index.ts';
import { replaceView, type Mutant } from '../../mutant.ts';

export const userChangeOutside: Mutant = {
  name: 'user-change-outside',
  origin:
    'INSERT is in the transaction. If the profile exists, UPDATE goes through the repository, which has its own connection.',
  clauses: ['LOCK-02'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const outside = (adapter.streamRepository as StreamRepository).users as UserStore;
    return replaceView(adapter, (view) => {
      const inner = view.users as UserStore;
      return {
        ...view,
        users: {
          ...inner,
          put: async (user) =>
            (await outside.get(user?.walletAddress)) === undefined ? inner.put(user) : outside.put(user),
        },
      };
    });
  },
};

/** Of writes that are made at the same time, only the last one is stored. */
export const overtakenWriteLost: Mutant = {
  name: 'overtaken-write-lost',
  origin:
    'A buffer for one write, which is sent in the next turn of the event loop: Promise.all makes several before that.',
  clauses: ['LOCK-14'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceView(adapter, (view) => {
      const inner = view.streams as StreamStore;
      let latest: object | undefined;
      return {
        ...view,
        streams: {
          ...inner,
          create: async (stream) => {
            latest = stream;
            await new Promise((resolve) => void setImmediate(resolve));
            if (latest === stream) return inner.create(stream);
            const now = new Date().toISOString();
            return { createdAt: now, updatedAt: now, ...stream };
          },
        },
      };
    }),
};

/** A write in a section returns the time of the application. */
export const viewAnswersOwnTime: Mutant = {
  name: 'view-answers-own-time',
  origin:
    'The unit of work returns its argument with new Date(), because its INSERT is sent later: the database sets another time.',
  clauses: ['LOCK-14'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceView(adapter, (view) => {
      const inner = view.activity as ActivityStore;
      return {
        ...view,
        activity: {
          ...inner,
          append: async (event) => ({
            ...(await inner.append(event)),
            timestamp: event.timestamp ?? '2026-01-31T08:15:00.000Z',
          }),
        },
      };
    }),
};

/** A refused move does not end its section. */
export const refusedMoveForgotten: Mutant = {
  name: 'refused-move-forgotten',
  origin:
    'UPDATE ... WHERE status = ANY($2) changes no row, which is no error of the database: a callback that ignores the CONFLICT commits the rest.',
  clauses: ['LOCK-18'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceView(adapter, (view) => {
      const { jobs, audit } = view.exports as ExportRepository;
      return {
        ...view,
        exports: {
          audit,
          jobs: {
            ...jobs,
            transition: async (id, from, ...rest) => {
              const job = await jobs.get(id);
              if (job !== undefined && Array.isArray(from) && !from.includes(job.status))
                throw new StorageError('CONFLICT', `Expected another status, got ${job.status}.`);
              return jobs.transition(id, from, ...rest);
            },
          },
        },
      };
    }),
};
