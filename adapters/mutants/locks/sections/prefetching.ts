/** Records that are fetched together with the lock, and become outdated. */
import {
  StorageError,
  type IdempotencyView,
  type LockedView,
  type LockOptions,
  type StreamRecord,
  type StreamStore,
} from '../../../contract/index.ts';
import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';

type Fetched = Map<string, StreamRecord | undefined>;

async function fetched(streams: StreamStore, prefetch: LockOptions['prefetch']): Promise<Fetched> {
  const records: Fetched = new Map();
  for (const id of prefetch?.streams ?? []) records.set(id, await streams.get(id));
  return records;
}

/** `view`, which shows the fetched streams as they were then. */
function showing(view: LockedView, records: Fetched): LockedView {
  const streams = view.streams as StreamStore;
  const get: StreamStore['get'] = (id) =>
    records.has(id) ? structuredClone(records.get(id)) : streams.get(id);
  return { ...view, streams: { ...streams, get } };
}

export const prefetchBeforeLock: Mutant = {
  name: 'prefetch-before-lock',
  origin: 'The route loads the stream and passes it to the section: it is older than the lock.',
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
  origin: 'A loader per request answers from its cache, and a write does not clear it.',
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

const MAX_FETCHED = 100;

export const prefetchHundred: Mutant = {
  name: 'prefetch-hundred',
  origin:
    'BatchGetItem returns at most a hundred items and lists the rest as UnprocessedKeys: those are taken for absent.',
  clauses: ['LOCK-14'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLock(adapter, (id, callback, options) => {
      const beyond = options?.prefetch?.streams?.slice(MAX_FETCHED) ?? [];
      const absent = new Map(beyond.map((one) => [one, undefined]));
      return lockOf(adapter)(id, (view) => callback(showing(view, absent)), options);
    }),
};

export const tokenPrefetchHundred: Mutant = {
  name: 'token-prefetch-hundred',
  origin: 'MGET in parts of a hundred keys, only the first of which is requested.',
  clauses: ['LOCK-14'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLock(adapter, (id, callback, options) => {
      const absent = new Set(options?.prefetch?.tokens?.slice(MAX_FETCHED));
      const fetched = (view: LockedView): LockedView => {
        const tokens = view.idempotency as IdempotencyView;
        const get: IdempotencyView['get'] = (token) => (absent.has(token) ? undefined : tokens.get(token));
        return { ...view, idempotency: { ...tokens, get } };
      };
      return lockOf(adapter)(id, (view) => callback(fetched(view)), options);
    }),
};

/** Whether an id occurs twice. */
function repeats(ids: readonly string[] = []): boolean {
  return new Set(ids).size < ids.length;
}

function refusesRepeated(kind: 'streams' | 'tokens', origin: string): Mutant {
  return {
    name: `repeated-${kind}-refused`,
    origin,
    clauses: ['LOCK-14'],
    bases: ['memory', 'postgres'],
    mutate: (adapter) =>
      replaceLock(adapter, async (id, callback, options) => {
        if (repeats(options?.prefetch?.[kind]))
          throw new StorageError('UNAVAILABLE', 'Provided list of item keys contains duplicates');
        return lockOf(adapter)(id, callback, options);
      }),
  };
}

export const repeatedStreamsRefused: Mutant = refusesRepeated(
  'streams',
  'BatchGetItem refuses a key that is named twice, and every error of the client is UNAVAILABLE.',
);

export const repeatedTokensRefused: Mutant = refusesRepeated(
  'tokens',
  'The same for tokens: two parts of a request name the same key.',
);
