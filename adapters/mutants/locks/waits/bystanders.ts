/** Somebody’s wait ends, or an instance does, and it is others who lose their lock or their place. */
import { StorageError, type OpenOptions, type StorageAdapter } from '../../../contract/index.ts';
import { extend, type Mutant } from '../../mutant.ts';
import { nameOf, NamedLocks, withNamedLocks, type Otherwise } from './namedLocks.ts';

type About = Pick<Mutant, 'name' | 'origin' | 'clauses'>;

function bystanders(
  about: About,
  otherwise: (locks: NamedLocks) => Otherwise,
  change: (adapter: StorageAdapter, locks: NamedLocks, options: OpenOptions) => StorageAdapter = (adapter) =>
    adapter,
): Mutant {
  const locks = new NamedLocks();
  return {
    ...about,
    bases: ['memory'],
    mutate: (adapter, { options }) =>
      change(withNamedLocks(adapter, options, locks, otherwise(locks)), locks, options),
  };
}

/** All locks of the namespace, whoever holds them. */
function freeAll(locks: NamedLocks, options: OpenOptions): void {
  for (const name of locks.names()) if (name.startsWith(nameOf(options, ''))) locks.free(name);
}

export const abortFreesHolder: Mutant = bystanders(
  {
    name: 'abort-frees-holder',
    origin:
      'signal.addEventListener("abort", release): the listener of the wait stays when the lock is granted, and the callback runs on.',
    clauses: ['LOCK-20'],
  },
  (locks) => ({
    granted: (name, owner, { signal }) => signal?.addEventListener('abort', () => locks.free(name, owner)),
  }),
);

export const lateAbortFreesNext: Mutant = bystanders(
  {
    name: 'late-abort-frees-next',
    origin:
      'The listener outlives its section, and deletes the key of the lock: the request is aborted behind its answer, and the next holder’s lock is gone.',
    clauses: ['LOCK-20'],
  },
  (locks) => {
    const released = new Set<string>();
    return {
      granted: (name, owner, { signal }) =>
        signal?.addEventListener('abort', () => {
          if (released.has(owner)) locks.free(name);
        }),
      released: (_, owner) => void released.add(owner),
    };
  },
);

export const boundEndsHold: Mutant = bystanders(
  {
    name: 'bound-ends-hold',
    origin:
      'The bound of the wait is passed on as the time to live of the lock: whoever works longer than it would have waited is joined by the next.',
    clauses: ['LOCK-13'],
  },
  (locks) => ({
    granted: (name, owner, { timeoutMs = 2 ** 31 }) => {
      if (timeoutMs < 2 ** 31) setTimeout(() => locks.free(name, owner), timeoutMs).unref();
    },
  }),
);

export const abortRefusesAll: Mutant = bystanders(
  {
    name: 'abort-refuses-all',
    origin: 'mutex.cancel() of async-mutex: it is called for one wait, and rejects all.',
    clauses: ['LOCK-20'],
  },
  (locks) => ({
    acquire: (name, owner, asked) =>
      locks.acquire(name, owner, asked, (code) => {
        if (code === 'ABORTED') locks.refuseAll(name, code);
      }),
  }),
);

export const timeoutRefusesAll: Mutant = bystanders(
  {
    name: 'timeout-refuses-all',
    origin: 'One timer and one rejection for the whole line, set by whoever has the shortest bound.',
    clauses: ['LOCK-13'],
  },
  (locks) => ({
    acquire: (name, owner, asked) =>
      locks.acquire(name, owner, asked, (code) => {
        if (code === 'LOCK_TIMEOUT') locks.refuseAll(name, code);
      }),
  }),
);

export const lastListenerWins: Mutant = bystanders(
  {
    name: 'last-listener-wins',
    origin:
      'signal.onabort = …: of the calls that one request makes with its signal the last alone hears of it.',
    clauses: ['LOCK-20'],
  },
  (locks) => ({
    acquire: async (name, owner, { signal, ...asked }) => {
      if (signal === undefined) return locks.acquire(name, owner, asked);
      if (signal.aborted) throw new StorageError('ABORTED', 'Expected a signal that is not aborted.');
      const heard = new AbortController();
      // oxlint-disable-next-line unicorn/prefer-add-event-listener
      signal.onabort = () => heard.abort();
      return locks.acquire(name, owner, { ...asked, signal: heard.signal });
    },
  }),
);

export const openFreesAll: Mutant = bystanders(
  {
    name: 'open-frees-all',
    origin: 'DELETE FROM locks at start, "in case the last run has left some": the fleet is still running.',
    clauses: ['LOCK-01'],
  },
  () => ({}),
  (adapter, locks, options) => {
    freeAll(locks, options);
    return adapter;
  },
);

export const closeFreesAll: Mutant = bystanders(
  {
    name: 'close-frees-all',
    origin:
      'DELETE FROM locks WHERE owner = hostname, or pg_advisory_unlock_all(), at the end: other instances of the host have the same name.',
    clauses: ['LOCK-01'],
  },
  () => ({}),
  (adapter, locks, options) =>
    extend(adapter, {
      close: async () => {
        freeAll(locks, options);
        await adapter.close();
      },
    }),
);
