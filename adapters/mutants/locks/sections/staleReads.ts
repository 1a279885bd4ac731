import type { StreamRecord, StreamStore } from '../../../contract/index.ts';
import { extend, lockOf, replaceLock, replaceView, type Mutant } from '../../mutant.ts';

/** The stream is read before the wait for its lock, and the section is shown that state. */
export const readBeforeLock: Mutant = {
  name: 'read-before-lock',
  origin:
    'SELECT pg_advisory_xact_lock(…), s.* FROM streams s: one statement has one snapshot, taken before the wait.',
  clauses: ['LOCK-08', 'STREAM-04'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const streams = adapter.streamRepository?.streams;
    if (streams === undefined) return adapter;
    return replaceLock(adapter, async (id, callback, options) => {
      // An id that cannot be read is refused by the lock.
      const early = await Promise.resolve(streams.get(id)).catch(() => undefined);
      return lockOf(adapter)(
        id,
        (view) =>
          callback(view.streams === undefined ? view : { ...view, streams: shown(view.streams, id, early) }),
        options,
      );
    });
  },
};

/** The first read of `id` shows `early`. */
function shown(streams: StreamStore, id: string, early: StreamRecord | undefined): StreamStore {
  let isFirst = true;
  return {
    ...streams,
    get: (asked) => {
      const first = isFirst && asked === id && early !== undefined;
      isFirst = false;
      return first ? early : streams.get(asked);
    },
  };
}

/** A cache of streams, which only the instance's own changes update. */
class Cache {
  readonly #kept = new Map<string, StreamRecord>();

  over(streams: StreamStore): StreamStore {
    return {
      ...streams,
      get: async (id) => {
        const kept = this.#kept.get(id);
        if (kept !== undefined) return structuredClone(kept);
        const read = await streams.get(id);
        if (read !== undefined) this.#kept.set(id, structuredClone(read));
        return read;
      },
      put: async (stream) => {
        this.#kept.delete(stream.id);
        return streams.put(stream);
      },
      delete: async (id) => {
        this.#kept.delete(id);
        return streams.delete(id);
      },
    };
  }
}

/** Reads outside of sections come from the cache of the instance. */
export const recordCache: Mutant = {
  name: 'record-cache',
  origin:
    'A cache in front of the repository that only this instance’s own writes update: correct until there are two instances.',
  clauses: ['X-01'],
  bases: ['postgres'],
  mutate: (adapter) => {
    const repository = adapter.streamRepository;
    const streams = repository?.streams;
    if (repository === undefined || streams === undefined) return adapter;
    const cache = new Cache();
    const viewed = replaceView(adapter, (view) => {
      const inside = view.streams;
      if (inside === undefined) return view;
      const renewing = cache.over(inside);
      return { ...view, streams: { ...inside, put: (stream) => renewing.put(stream) } };
    });
    return extend(viewed, {
      streamRepository: { ...(viewed.streamRepository as typeof repository), streams: cache.over(streams) },
    });
  },
};

/** Reads under the lock come from the cache of the instance. */
export const cacheUnderLock: Mutant = {
  name: 'cache-under-lock',
  origin: 'The identity map of an ORM session that lives as long as the process.',
  clauses: ['LOCK-06'],
  bases: ['postgres'],
  mutate: (adapter) => {
    const cache = new Cache();
    return replaceView(adapter, (view) =>
      view.streams === undefined ? view : { ...view, streams: cache.over(view.streams) },
    );
  },
};
