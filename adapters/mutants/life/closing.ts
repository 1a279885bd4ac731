import { extend, lockOf, replaceLock, type Mutant } from '../mutant.ts';
import type { StorageAdapter } from '../../contract/index.ts';

/** close waits for the sections that run, however long they take. */
export const closeHangs: Mutant = {
  name: 'close-hangs',
  origin:
    'await pool.end(): it resolves when the last connection has come back, and a callback that waits keeps one.',
  clauses: ['LIFE-03'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const running = new Set<Promise<unknown>>();
    const counting = replaceLock(adapter, async (id, callback, options) => {
      const section = lockOf(adapter)(id, callback, options);
      running.add(section);
      try {
        return await section;
      } finally {
        running.delete(section);
      }
    });
    return extend(counting, {
      close: async () => {
        await Promise.allSettled(running);
        await adapter.close();
      },
    });
  },
};

/** The second close rejects. */
export const closeTwiceFails: Mutant = {
  name: 'close-twice-fails',
  origin: 'pool.end() of pg: "Called end on pool more than once".',
  clauses: ['LIFE-03'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    let isClosed = false;
    return extend(adapter, {
      close: async () => {
        if (isClosed) throw new Error('Called end on pool more than once');
        isClosed = true;
        await adapter.close();
      },
    });
  },
};

/** The first call after close makes a new pool. */
export const reconnectsAfterClose: Mutant = {
  name: 'reconnects-after-close',
  origin: 'The pool is made when it is first needed, and close only forgets it.',
  clauses: ['LIFE-03'],
  bases: ['memory', 'postgres'],
  mutate: (adapter, { another }) => {
    const repository = adapter.streamRepository;
    const users = repository?.users;
    if (repository === undefined || users === undefined) return adapter;
    let isClosed = false;
    let again: Promise<StorageAdapter> | undefined;
    const current = async (): Promise<typeof users> => {
      if (!isClosed) return users;
      again ??= another();
      return (await again).streamRepository?.users ?? users;
    };
    return extend(adapter, {
      streamRepository: {
        ...repository,
        users: {
          get: async (walletAddress) => (await current()).get(walletAddress),
          put: async (user) => (await current()).put(user),
          scan: async (request) => (await current()).scan(request),
        },
      },
      close: async () => {
        isClosed = true;
        await adapter.close();
        await (await again)?.close();
      },
    });
  },
};

const opened = new Set<StorageAdapter>();

/** Closing one instance closes those beside it. */
export const closeClosesAll: Mutant = {
  name: 'close-closes-all',
  origin: 'One pool for the module, made when it is first needed: whoever is closed first ends it for all.',
  clauses: ['LIFE-03'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    opened.add(adapter);
    return extend(adapter, {
      close: async () => {
        const all = [...opened];
        opened.clear();
        await Promise.all([...all, adapter].map((one) => one.close()));
      },
    });
  },
};
