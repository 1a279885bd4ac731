import {
  codeOf,
  type Awaitable,
  type IdempotencyStore,
  type IdempotencyView,
  type NewIdempotencyRecord,
  type StorageAdapter,
  type StreamStore,
} from '../../contract/index.ts';
import { extend, lockOf, replaceLock, replaceView, type Mutant } from '../mutant.ts';
import { isOwnToken } from '../../migration/sides/owed.ts';
import { replaceOuterStore } from '../stores.ts';
import {
  copiedAs,
  COPY_LOCK,
  migrationOf,
  overSides,
  withPretendedWrites,
  replaceMigration,
  streamsOf,
} from './parts.ts';

/** A failed copy is logged and counts as made. */
async function ignoringErrors<T>(action: () => Awaitable<T>, instead: () => Awaitable<T>): Promise<T> {
  try {
    return await action();
  } catch {
    return instead();
  }
}

export const secondWriteForgotten: Mutant = {
  name: 'second-write-forgotten',
  origin:
    'await secondary.put(stream).catch(log): a write that fails while the new side is away is never repeated.',
  clauses: ['MIG-03'],
  bases: ['migration'],
  mutate: (adapter) =>
    overSides(adapter, ({ new: other }) => ({
      new: replaceLock(other, async (id, callback, options) => {
        const locked = lockOf(other)(id, callback, options);
        return id.startsWith(COPY_LOCK)
          ? ignoringErrors(
              () => locked,
              () => withPretendedWrites(other, callback),
            )
          : locked;
      }),
    })),
};

export const secondWriteUnawaited: Mutant = {
  name: 'second-write-unawaited',
  origin: 'void secondary.put(stream).catch(log): the write counts as copied as soon as the copy has begun.',
  clauses: ['MIG-03'],
  bases: ['migration'],
  mutate: (adapter) =>
    overSides(adapter, ({ new: other }) => ({
      new: replaceLock(other, async (id, callback, options) => {
        const locked = lockOf(other)(id, callback, options);
        if (!id.startsWith(COPY_LOCK)) return locked;
        locked.catch(() => undefined);
        return withPretendedWrites(other, callback);
      }),
    })),
};

/** The number of consecutive failures after which the circuit breaker opens. */
const BREAKS_AFTER = 5;

export const silentBreaker: Mutant = {
  name: 'silent-breaker',
  origin: 'A circuit breaker around the second write: while it is open, copies are dropped without a debt.',
  clauses: ['MIG-03'],
  bases: ['migration'],
  mutate(adapter) {
    let failures = 0;
    return overSides(adapter, ({ new: other }) => ({
      new: replaceLock(other, async (id, callback, options) => {
        if (!id.startsWith(COPY_LOCK)) return lockOf(other)(id, callback, options);
        if (failures >= BREAKS_AFTER) return withPretendedWrites(other, callback);
        try {
          const copied = await lockOf(other)(id, callback, options);
          failures = 0;
          return copied;
        } catch (error) {
          failures += 1;
          throw error;
        }
      }),
    }));
  },
};

export const refusedCopyDropped: Mutant = {
  name: 'refused-copy-dropped',
  origin:
    'Permanent errors are acknowledged, so that the queue continues: a record that did not fit is still missing after the column was widened.',
  clauses: ['MIG-03', 'MIG-04'],
  bases: ['migration'],
  mutate: (adapter) =>
    overSides(adapter, ({ new: other }) => ({
      new: replaceLock(other, async (id, callback, options) => {
        try {
          return await lockOf(other)(id, callback, options);
        } catch (error) {
          if (!id.startsWith(COPY_LOCK) || codeOf(error) !== 'INVALID_RECORD') throw error;
          return withPretendedWrites(other, callback);
        }
      }),
    })),
};

export const repairRenewsExpiry: Mutant = {
  name: 'repair-renews-expiry',
  origin: 'A retried second write gets the whole time to live again, from the time of the retry.',
  clauses: ['MIG-03'],
  bases: ['migration'],
  mutate(adapter) {
    let isRepairing = false;
    const changed = overSides(adapter, ({ new: other }) => ({
      new: replaceView(other, (view) => {
        const tokens = view.idempotency as IdempotencyView;
        return {
          ...view,
          idempotency: {
            ...tokens,
            insert: (record) => tokens.insert(isRepairing ? renewed(record) : record),
          },
        };
      }),
    }));
    return replaceMigration(changed, (migration) => ({
      async repair(limit) {
        isRepairing = true;
        try {
          return await migration.repair(limit);
        } finally {
          isRepairing = false;
        }
      },
    }));
  },
};

function renewed(record: NewIdempotencyRecord): NewIdempotencyRecord {
  const { createdAt, expiresAt } = record;
  if (createdAt === undefined || expiresAt === undefined) return record;
  const lifeMs = Date.parse(expiresAt) - Date.parse(createdAt);
  return { ...record, expiresAt: new Date(Date.now() + lifeMs).toISOString() };
}

export const repairReadsOnePage: Mutant = {
  name: 'repair-reads-one-page',
  origin: 'SELECT … FROM outbox LIMIT 100, once: debts beyond the first page remain.',
  clauses: ['MIG-03'],
  bases: ['migration'],
  mutate: (adapter) =>
    overSides(adapter, ({ old }) => {
      const store = old.idempotencyStore as IdempotencyStore;
      const scan: IdempotencyStore['scan'] = async (request) => {
        const { items } = await store.scan({ ...request, limit: Math.min(request.limit, 100) });
        return { items };
      };
      return { old: extend(old, { idempotencyStore: { ...store, scan } }) };
    }),
};

export const secondWriteDecides: Mutant = {
  name: 'second-write-decides',
  origin:
    'await Promise.all([primary.put(stream), secondary.put(stream)]): as available as both sides together.',
  clauses: ['MIG-03'],
  bases: ['migration'],
  mutate(adapter) {
    const other = streamsOf(migrationOf(adapter).new);
    const answeredBy = async <T>(write: Awaitable<T>, id: string): Promise<T> => {
      const answer = await write;
      await other.get(id);
      return answer;
    };
    return replaceOuterStore(adapter, 'streams', (streams) => ({
      ...streams,
      create: (stream) => answeredBy(streams.create(stream), stream.id),
      put: (stream) => answeredBy(streams.put(stream), stream.id),
      delete: (id) => answeredBy(streams.delete(id), id),
    }));
  },
};

export const secondWriteInSection: Mutant = {
  name: 'second-write-in-section',
  origin:
    'The new side is written from within the callback: it keeps writes that the old side then rolls back.',
  clauses: ['MIG-03'],
  bases: ['migration'],
  mutate(adapter) {
    const other = streamsOf(migrationOf(adapter).new);
    return replaceView(adapter, (view) => {
      const streams = view.streams as StreamStore;
      return {
        ...view,
        streams: {
          ...streams,
          async put(stream) {
            const record = await streams.put(stream);
            await ignoringErrors(
              () => other.put(record),
              () => record,
            );
            return record;
          },
        },
      };
    });
  },
};

/** The debts of the new side are kept in memory, so a reopened instance owes nothing. */
export const owedInMemory: Mutant = {
  name: 'owed-in-memory',
  origin: 'A list of failed copies in memory: a deployment while the new side is away loses it.',
  clauses: ['MIG-03'],
  bases: ['migration'],
  mutate: (adapter) => overSides(adapter, ({ old }) => ({ old: withOwnTokens(old) })),
};

/** A side whose records of the migration itself last only as long as the instance. */
function withOwnTokens(side: StorageAdapter): StorageAdapter {
  const store = side.idempotencyStore as IdempotencyStore;
  const own = new Map<string, Awaited<ReturnType<IdempotencyStore['insert']>>>();
  const insert: IdempotencyStore['insert'] = async (record) => {
    const stored = { ...record, createdAt: '2030-01-01T00:00:00.000Z' };
    own.set(record.token, stored);
    return stored;
  };
  const tokens: IdempotencyStore = {
    ...store,
    get: (token) => (isOwnToken(token) ? own.get(token) : store.get(token)),
    insert: (record) => (isOwnToken(record.token) ? insert(record) : store.insert(record)),
    delete: (token) => (isOwnToken(token) ? own.delete(token) : store.delete(token)),
    async scan(request) {
      const page = await store.scan(request);
      return page.nextCursor === undefined ? { items: [...page.items, ...own.values()] } : page;
    },
  };
  const memorized = extend(side, { idempotencyStore: tokens });
  return replaceView(memorized, (view) => ({
    ...view,
    idempotency: {
      get: (token) => (isOwnToken(token) ? own.get(token) : view.idempotency?.get(token)),
      insert: (record) =>
        isOwnToken(record.token) ? insert(record) : (view.idempotency as IdempotencyStore).insert(record),
    },
  }));
}

export const liveCopyTrims: Mutant = {
  name: 'live-copy-trims',
  origin: 'CHAR columns on the new side: trailing blanks of a text are lost in the copy.',
  clauses: ['MIG-03', 'MIG-04'],
  bases: ['migration'],
  mutate: (adapter) => copiedAs(adapter, trimmed),
};

function trimmed<T extends { readonly nextAction?: string }>(stream: T): T {
  const { nextAction } = stream;
  return nextAction === undefined ? stream : { ...stream, nextAction: nextAction.trimEnd() };
}
