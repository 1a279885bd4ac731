import {
  codeOf,
  decodeScanCursor,
  type Awaitable,
  type IdempotencyStore,
  type StorageAdapter,
  type StreamRecord,
  type StreamStore,
} from '../../contract/index.ts';
import { lockOf, replaceLock, type Mutant } from '../mutant.ts';
import { replaceOuterStore, replaceStore } from '../stores.ts';
import {
  backfillOver,
  copiedAs,
  COPY_LOCK,
  overSides,
  withPretendedWrites,
  replaceMigration,
  streamsOf,
} from './parts.ts';

const EVERYTHING = 1000;
const DAY_MS = 24 * 3_600_000;

/** A backfill that writes streams after the batch as they were before it. */
function writingWhatItRead(
  adapter: StorageAdapter,
  write: (other: StreamStore, stream: StreamRecord) => Awaitable<unknown>,
): StorageAdapter {
  return replaceMigration(adapter, (migration) => ({
    async backfill(limit) {
      const { items } = await streamsOf(migration.old).scan({ limit: EVERYTHING });
      const progress = await migration.backfill(limit);
      for (const stream of items) await write(streamsOf(migration.new), stream);
      return progress;
    },
  }));
}

async function insertIfAbsent(insert: () => Awaitable<unknown>): Promise<void> {
  try {
    await insert();
  } catch (error) {
    if (codeOf(error) !== 'ALREADY_EXISTS') throw error;
  }
}

export const backfillOverwrites: Mutant = {
  name: 'backfill-overwrites',
  origin:
    'INSERT … SELECT in batches with ON CONFLICT DO UPDATE: writes to both sides since the batch was read are lost.',
  clauses: ['MIG-04'],
  bases: ['migration'],
  mutate: (adapter) =>
    writingWhatItRead(adapter, async (other, stream) => {
      if ((await other.get(stream.id)) !== undefined) await other.put(stream);
    }),
};

export const backfillResurrects: Mutant = {
  name: 'backfill-resurrects',
  origin:
    'ON CONFLICT DO NOTHING protects existing records, but brings back those that were deleted since the batch was read.',
  clauses: ['MIG-04'],
  bases: ['migration'],
  mutate: (adapter) =>
    writingWhatItRead(adapter, (other, stream) => insertIfAbsent(() => other.create(stream))),
};

export const backfillRemovesNewer: Mutant = {
  name: 'backfill-removes-newer',
  origin:
    'DELETE FROM new WHERE id <> ALL (the ids that were read): records that were stored on both sides since then are lost on the new side.',
  clauses: ['MIG-04'],
  bases: ['migration'],
  mutate: (adapter) =>
    replaceMigration(adapter, (migration) => ({
      async backfill(limit) {
        const read = await streamsOf(migration.old).scan({ limit: EVERYTHING });
        const ids = new Set(read.items.map(({ id }) => id));
        const progress = await migration.backfill(limit);
        const { items } = await streamsOf(migration.new).scan({ limit: EVERYTHING });
        for (const { id } of items) if (!ids.has(id)) await streamsOf(migration.new).delete(id);
        return progress;
      },
    })),
};

export const backfillRenewsExpiry: Mutant = {
  name: 'backfill-renews-expiry',
  origin:
    'The new table sets its default time to live for inserted rows: expired answers are replayed again.',
  clauses: ['MIG-04'],
  bases: ['migration'],
  mutate: (adapter) =>
    replaceMigration(adapter, (migration) => ({
      async backfill(limit) {
        const progress = await migration.backfill(limit);
        const page = await (migration.old.idempotencyStore as IdempotencyStore).scan({ limit: EVERYTHING });
        for (const { expiresAt, createdAt: _, ...record } of page.items)
          if (expiresAt !== undefined)
            await insertIfAbsent(() => migration.new.idempotencyStore?.insert({ ...record, ttlMs: DAY_MS }));
        return progress;
      },
    })),
};

export const backfillCutsTime: Mutant = {
  name: 'backfill-cuts-time',
  origin: 'Rows pass through Date: microseconds are lost, and with them the order of the list.',
  clauses: ['MIG-03', 'MIG-04'],
  bases: ['migration'],
  mutate: (adapter) =>
    copiedAs(adapter, (stream) =>
      stream.createdAt === undefined
        ? stream
        : { ...stream, createdAt: new Date(stream.createdAt).toISOString() },
    ),
};

export const backfillRepeats: Mutant = {
  name: 'backfill-repeats',
  origin: 'Streams are deleted and inserted again, with new times, even if they are already there.',
  clauses: ['MIG-04'],
  bases: ['migration'],
  mutate: (adapter) =>
    replaceMigration(adapter, (migration) => ({
      async backfill(limit) {
        const { items } = await streamsOf(migration.old).scan({ limit: 1 });
        for (const { createdAt: _, updatedAt: __, ...stream } of items) {
          await streamsOf(migration.new).delete(stream.id);
          await insertIfAbsent(() => streamsOf(migration.new).create(stream));
        }
        return migration.backfill(limit);
      },
    })),
};

export const backfillIgnoresStale: Mutant = {
  name: 'backfill-ignores-stale',
  origin:
    'INSERT IGNORE: existing records of the new side stay, although the fleet went back to the old side and changed them there.',
  clauses: ['MIG-04'],
  bases: ['migration'],
  mutate: (adapter) =>
    backfillOver(adapter, ({ new: other }) => ({
      new: replaceStore(other, 'streams', (streams) => ({
        ...streams,
        put: async (stream) => (await streams.get(stream.id)) ?? streams.put(stream),
      })),
    })),
};

export const backfillFoldsKeyset: Mutant = {
  name: 'backfill-folds-keyset',
  origin:
    'WHERE id > last with a case-insensitive collation, over rows in byte order: ids in between are skipped.',
  clauses: ['MIG-04'],
  bases: ['migration'],
  mutate: (adapter) =>
    backfillOver(adapter, ({ old }) => ({
      old: replaceOuterStore(old, 'streams', (streams) => ({
        ...streams,
        async scan(request) {
          const page = await streams.scan(request);
          if (request.cursor === undefined) return page;
          const last = decodeScanCursor(request.cursor).toLowerCase();
          return { ...page, items: page.items.filter(({ id }) => id.toLowerCase() > last) };
        },
      })),
    })),
};

export const backfillSwallowsErrors: Mutant = {
  name: 'backfill-swallows-errors',
  origin:
    'A row that cannot be copied because of a deadlock or a lock is logged and skipped, and the copy ends as complete: nobody learns which row is missing.',
  clauses: ['MIG-04'],
  bases: ['migration'],
  mutate: (adapter) =>
    overSides(adapter, ({ new: other }) => {
      const { bulk: _, ...single } = other;
      const swallowing = replaceLock(single, async (id, callback, options) => {
        try {
          return await lockOf(other)(id, callback, options);
        } catch (error) {
          if (!id.startsWith(COPY_LOCK)) throw error;
          return withPretendedWrites(other, callback);
        }
      });
      return { new: swallowing };
    }),
};

export const backfillSkipsTies: Mutant = {
  name: 'backfill-skips-ties',
  origin: 'WHERE created_at > last: rows with the same time as the last row of a batch are never read.',
  clauses: ['MIG-04'],
  bases: ['migration'],
  mutate: (adapter) =>
    backfillOver(adapter, ({ old }) => {
      let last: string | undefined;
      return {
        old: replaceOuterStore(old, 'streams', (streams) => ({
          ...streams,
          async scan(request) {
            const page = await streams.scan(request);
            const before = request.cursor === undefined ? undefined : last;
            last = page.items.at(-1)?.createdAt;
            return { ...page, items: page.items.filter(({ createdAt }) => createdAt !== before) };
          },
        })),
      };
    }),
};

export const checkpointBeforeBatch: Mutant = {
  name: 'checkpoint-before-batch',
  origin: 'The checkpoint is stored before its batch: after a failure, the copy continues after that batch.',
  clauses: ['MIG-04'],
  bases: ['migration'],
  mutate(adapter) {
    let failure: { readonly error: unknown } | undefined;
    const noting = backfillOver(adapter, ({ new: other }) => ({
      new: replaceLock(other, async (id, callback, options) => {
        try {
          return await lockOf(other)(id, callback, options);
        } catch (error) {
          failure = { error };
          return withPretendedWrites(other, callback);
        }
      }),
    }));
    return replaceMigration(noting, (migration) => ({
      async backfill(limit) {
        failure = undefined;
        const progress = await migration.backfill(limit);
        const failed = failure as { readonly error: unknown } | undefined;
        if (failed !== undefined) throw failed.error;
        return progress;
      },
    }));
  },
};

export const backfillOfOneChild: Mutant = {
  name: 'backfill-of-one-child',
  origin: 'SELECT DISTINCT ON (stream_id): only one event of each stream is copied.',
  clauses: ['MIG-04'],
  bases: ['migration'],
  mutate: (adapter) =>
    backfillOver(adapter, ({ old }) => ({
      old: replaceOuterStore(old, 'activity', (activity) => ({
        ...activity,
        async scan(request) {
          const page = await activity.scan(request);
          const parents = page.items.map(({ streamId }) => streamId);
          return { ...page, items: page.items.filter((_, at) => parents.indexOf(parents[at]) === at) };
        },
      })),
    })),
};

/** The number of rows after which one row is skipped. */
const EDGE = 500;

export const backfillLosesEdge: Mutant = {
  name: 'backfill-loses-edge',
  origin: 'WHERE id BETWEEN n * 500 + 1 AND (n + 1) * 500 - 1: one row of each chunk is skipped.',
  clauses: ['MIG-04'],
  bases: ['migration'],
  mutate: (adapter) =>
    backfillOver(adapter, ({ old }) => {
      let position = 0;
      return {
        old: replaceOuterStore(old, 'streams', (streams) => ({
          ...streams,
          async scan(request) {
            if (request.cursor === undefined) position = 0;
            const page = await streams.scan(request);
            const before = position;
            position += page.items.length;
            return { ...page, items: page.items.filter((_, at) => (before + at + 1) % EDGE !== 0) };
          },
        })),
      };
    }),
};
