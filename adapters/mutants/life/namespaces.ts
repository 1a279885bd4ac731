import { AsyncLocalStorage } from 'node:async_hooks';
import type { IdempotencyRecord, LockedView, StreamRecord } from '../../contract/index.ts';
import memory from '../../memory/target.ts';
import { extend, KeyedMutex, lockOf, replaceLock, type Mutant } from '../mutant.ts';
import { replaceStore } from '../stores.ts';

/** All namespaces are the same one. */
export const oneNamespace: Mutant = {
  name: 'one-namespace',
  origin: 'The store is a Map of the module, and its keys lack the tenant.',
  clauses: ['LIFE-05'],
  bases: ['memory'],
  mutate: async (adapter, { options }) => {
    await adapter.close();
    return memory.open({ ...options, namespace: 'all' });
  },
};

const kept = new Map<string, IdempotencyRecord>();

/** Replay records that were read once are cached for the whole process, by token alone. */
export const tokenCacheOfAll: Mutant = {
  name: 'token-cache-of-all',
  origin:
    'A static cache in front of the store, whose keys lack the tenant: one tenant gets another tenant’s record.',
  clauses: ['LIFE-05'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const store = adapter.idempotencyStore;
    if (store === undefined) return adapter;
    return extend(adapter, {
      idempotencyStore: {
        insert: (record) => store.insert(record),
        putIfAbsent: (record) => store.putIfAbsent(record),
        deleteExpired: (limit) => store.deleteExpired(limit),
        scan: (request) => store.scan(request),
        get: async (token) => {
          const record = kept.get(token) ?? (await store.get(token));
          if (record !== undefined) kept.set(token, record);
          return record;
        },
        delete: async (token) => {
          kept.delete(token);
          return store.delete(token);
        },
      },
    });
  },
};

const joinedStreams = new Map<string, StreamRecord>();

/** Streams are cached for the whole process, under the name of the namespace and the id, joined. */
export const joinedKeyCache: Mutant = {
  name: 'joined-key-cache',
  origin:
    'Keys are tenant and id joined by "_": tenant "n" with id "x_y" and tenant "n_x" with id "y" collide.',
  clauses: ['LIFE-05'],
  bases: ['memory'],
  mutate: (adapter, { options: { namespace } }) =>
    replaceStore(adapter, 'streams', (store) => ({
      ...store,
      get: async (id) => {
        const key = `${namespace}_${id}`;
        const stream = joinedStreams.get(key) ?? (await store.get(id));
        if (stream !== undefined) joinedStreams.set(key, stream);
        return stream;
      },
      put: async (stream) => {
        joinedStreams.delete(`${namespace}_${stream?.id}`);
        return store.put(stream);
      },
      delete: async (id) => {
        joinedStreams.delete(`${namespace}_${id}`);
        return store.delete(id);
      },
    })),
};

const joinedLocks = new KeyedMutex();

export const joinedKeyLock: Mutant = {
  name: 'joined-key-lock',
  origin:
    'The key of the lock is tenant and id joined by a colon. File names may not contain colons, so they become "_".',
  clauses: ['LIFE-05'],
  bases: ['memory'],
  mutate: (adapter, { options: { namespace } }) =>
    replaceLock(adapter, (id, callback, options) => {
      const key = `${namespace}:${id}`.replaceAll(':', '_');
      return lockOf(adapter)(id, (view) => joinedLocks.run(key, () => callback(view)), options);
    }),
};

interface Around {
  readonly namespace: string;
  readonly view: LockedView;
}
const around = new AsyncLocalStorage<Around>();

/** A section within a section of another namespace writes into the transaction of the outer one. */
export const nestedCrossesNamespace: Mutant = {
  name: 'nested-crosses-namespace',
  origin:
    'One AsyncLocalStorage of the module holds the transaction, and it is used without checking its tenant.',
  clauses: ['LIFE-05'],
  bases: ['memory', 'postgres'],
  mutate: (adapter, { options: { namespace } }) =>
    replaceLock(adapter, (id, callback, options) => {
      const outer = around.getStore();
      const runs = (view: LockedView): ReturnType<typeof callback> =>
        outer === undefined || outer.namespace === namespace
          ? around.run({ namespace, view }, () => callback(view))
          : callback(outer.view);
      return lockOf(adapter)(id, runs, options);
    }),
};
