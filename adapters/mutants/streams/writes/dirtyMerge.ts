import type { LockedView, NewStream, StreamRecord } from '../../../contract/index.ts';
import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';

/**
 * The record is loaded before the lock. The changes of the callback are merged into it, and the whole row is written.
 */
export const dirtyMerge: Mutant = {
  name: 'whole-row-lost-update',
  origin:
    'An ORM merges the changed fields into the entity that the request loaded, and writes every column.',
  clauses: ['STREAM-04'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const streams = adapter.streamRepository?.streams;
    if (streams === undefined) return adapter;
    return replaceLock(adapter, async (id, callback, options) => {
      const loaded = await streams.get(id);
      return lockOf(adapter)(id, (view) => callback(merging(view, loaded)), options);
    });
  },
};

function merging(view: LockedView, loaded: StreamRecord | undefined): LockedView {
  const { streams } = view;
  if (streams === undefined || loaded === undefined) return view;
  return {
    ...view,
    streams: {
      ...streams,
      put: async (stream) => {
        const stored = stream.id === loaded.id ? await streams.get(stream.id) : undefined;
        return streams.put(stored === undefined ? stream : { ...loaded, ...dirtyFields(stored, stream) });
      },
    },
  };
}

function dirtyFields(stored: StreamRecord, stream: NewStream): NewStream {
  const { updatedAt, ...rest } = stream;
  const dirty = Object.entries(rest).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(stored[name]),
  );
  return { ...Object.fromEntries(dirty), id: stream.id, updatedAt } as unknown as NewStream;
}
