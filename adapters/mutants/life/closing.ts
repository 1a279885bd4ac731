import type { StorageAdapter } from '../../contract/index.ts';
import { extend, KeyedMutex, lockOf, replaceLock, type Mutant } from '../mutant.ts';

/** close waits for running sections, however long they take. */
export const closeHangs: Mutant = {
  name: 'close-hangs',
  origin:
    'await pool.end(): it resolves when the last connection was returned, and a waiting callback keeps one.',
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

/** The second close rejects while the first one is still running. Afterwards, close may be repeated. */
export const closeAtOnceFails: Mutant = {
  name: 'close-at-once-fails',
  origin:
    'if (closed) return; await pool.end(); closed = true: a signal handler and the end of main both call close, and the second call ends the pool again.',
  clauses: ['LIFE-03'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    let state: 'open' | 'ending' | 'closed' = 'open';
    return extend(adapter, {
      close: async () => {
        if (state === 'closed') return;
        if (state === 'ending') throw new Error('Called end on pool more than once');
        state = 'ending';
        await adapter.close();
        state = 'closed';
      },
    });
  },
};

export const disposeForgets: Mutant = {
  name: 'dispose-forgets',
  origin:
    'async [Symbol.asyncDispose]() {}: written only to satisfy the type, so `await using` leaves the pool open.',
  clauses: ['LIFE-03'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => extend(adapter, { [Symbol.asyncDispose]: async () => {} }),
};

const waiting = new KeyedMutex();

/**
 * A separate queue in front of the lock that close does not know. `late`: what happens to a caller that is let in
 * after close.
 */
function queued(
  about: Pick<Mutant, 'name' | 'origin'>,
  late: <T>(
    section: (closed: StorageAdapter) => Promise<T>,
    another: () => Promise<StorageAdapter>,
  ) => Promise<T>,
): Mutant {
  return {
    ...about,
    clauses: ['LIFE-03'],
    bases: ['memory', 'postgres'],
    mutate: (adapter, { options, another }) => {
      let isClosed = false;
      const closing = extend(adapter, {
        close: async () => {
          isClosed = true;
          await adapter.close();
        },
      });
      return replaceLock(closing, async (id, callback, asked) => {
        if (isClosed) return lockOf(adapter)(id, callback, asked);
        const free = await waiting.acquire(`${options.namespace} ${id}`);
        try {
          const section = (own: StorageAdapter): ReturnType<typeof callback> =>
            lockOf(own)(id, callback, asked);
          return await (isClosed ? late(section, another) : section(adapter));
        } finally {
          free();
        }
      });
    },
  };
}

export const runsAfterClose: Mutant = queued(
  {
    name: 'runs-after-close',
    origin:
      'Waiters are in the queue of a mutex: they are let in when its holder leaves, and the pool that close has ended is created again for them.',
  },
  async (section, another) => {
    await using again = await another();
    return await section(again);
  },
);

export const waitsAfterClose: Mutant = queued(
  {
    name: 'waits-after-close',
    origin:
      'The message that the lock is free comes over a connection that close has ended: the waiter waits forever.',
  },
  () => new Promise(() => {}),
);

/** The first call after close makes a new pool. */
export const reconnectsAfterClose: Mutant = {
  name: 'reconnects-after-close',
  origin: 'The pool is created on first use, and close only forgets it.',
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

/** Closing one instance closes all other instances of the process. */
export const closeClosesAll: Mutant = {
  name: 'close-closes-all',
  origin: 'One pool for the module, created on first use: closing any instance ends it for all.',
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
