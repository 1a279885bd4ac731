/** When a wait or an instance ends, other callers lose their lock or their place in the queue. */
import { StorageError, type OpenOptions, type StorageAdapter } from '../../../contract/index.ts';
import { extend, type Mutant } from '../../mutant.ts';
import { nameOf, NamedLocks, withNamedLocks, type LockDecisions } from './namedLocks.ts';

type About = Pick<Mutant, 'name' | 'origin' | 'clauses'>;

function bystanders(
  about: About,
  otherwise: (locks: NamedLocks) => LockDecisions,
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

/** Releases all locks of the namespace, whoever holds them. */
function freeAll(locks: NamedLocks, options: OpenOptions): void {
  for (const name of locks.names()) if (name.startsWith(nameOf(options, ''))) locks.free(name);
}

export const abortFreesHolder: Mutant = bystanders(
  {
    name: 'abort-frees-holder',
    origin:
      'signal.addEventListener("abort", release): the listener stays after the lock was granted, and an abort releases it while the callback is running.',
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
      'The listener outlives its section and deletes the key of the lock: if the request is aborted after its answer, the next holder loses its lock.',
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
      'The timeout of the wait is used as the time to live of the lock: a holder that works longer loses its lock to the next one.',
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
    origin: 'mutex.cancel() of async-mutex: it is called for one wait, and rejects all of them.',
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
    origin: 'One timer and one rejection for the whole queue, set by the caller with the shortest timeout.',
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
      'signal.onabort = …: if a request makes several calls with its signal, only the last one is aborted.',
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
    origin:
      'DELETE FROM locks at the start, "in case the last run has left some": other instances are running.',
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
      'DELETE FROM locks WHERE owner = hostname, or pg_advisory_unlock_all(), at the end: other instances have the same hostname.',
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
