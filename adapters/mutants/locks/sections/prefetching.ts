/** Records that are fetched with the lock, and how they grow old. */
import type { LockedView, LockOptions, StreamRecord, StreamStore } from '../../../contract/index.ts';
import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';

type Fetched = Map<string, StreamRecord | undefined>;

async function fetched(streams: StreamStore, prefetch: LockOptions['prefetch']): Promise<Fetched> {
  const records: Fetched = new Map();
  for (const id of prefetch?.streams ?? []) records.set(id, await streams.get(id));
  return records;
}

/** `view` whose streams that were fetched are shown as they were then. */
function showing(view: LockedView, records: Fetched): LockedView {
  const streams = view.streams as StreamStore;
  const get: StreamStore['get'] = (id) =>
    records.has(id) ? structuredClone(records.get(id)) : streams.get(id);
  return { ...view, streams: { ...streams, get } };
}

export const prefetchBeforeLock: Mutant = {
  name: 'prefetch-before-lock',
  origin:
    'The route loads the stream and hands it to the section: what it decides by is older than the lock.',
  clauses: ['LOCK-07', 'LOCK-08'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLock(adapter, async (id, callback, options) => {
      const records = await fetched(adapter.streamRepository?.streams as StreamStore, options?.prefetch);
      return lockOf(adapter)(id, (view) => callback(showing(view, records)), options);
    }),
};

export const prefetchHidesWrites: Mutant = {
  name: 'prefetch-hides-writes',
  origin: 'A loader per request answers from what it has loaded, and a write does not clear it.',
  clauses: ['STREAM-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLock(adapter, (id, callback, options) =>
      lockOf(adapter)(
        id,
        async (view) =>
          callback(showing(view, await fetched(view.streams as StreamStore, options?.prefetch))),
        options,
      ),
    ),
};
