/** Bugs of a migration that concern only some records: of one kind, with certain contents, or with similar ids. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type {
  ActivityEvent,
  ActivityStore,
  Awaitable,
  IdempotencyStore,
  Migration,
  Page,
  PageRequest,
  SideDifference,
  StorageAdapter,
  Unread,
} from '../../contract/index.ts';
import { extend, lockOf, replaceLock, type Mutant } from '../mutant.ts';
import { isOwnToken } from '../../migration/sides/owed.ts';
import { replaceOuterStore } from '../stores.ts';
import { backfillOver, copiedAs, migrationOf, overSides, replaceMigration, streamsOf } from './parts.ts';

export const backfillJoinsParents: Mutant = {
  name: 'backfill-joins-parents',
  origin: 'FROM events JOIN streams USING (stream_id): events without a stream are not copied.',
  clauses: ['MIG-04'],
  bases: ['migration'],
  mutate: (adapter) =>
    reading(adapter, ({ old }) => ({
      old: replaceOuterStore(old, 'activity', (activity) => ({
        ...activity,
        scan: (request) =>
          filtered(activity.scan(request), ({ streamId }: ActivityEvent) => streamId !== undefined),
      })),
    })),
};

export const backfillKeepsRemoved: Mutant = {
  name: 'backfill-keeps-removed',
  origin:
    'The second run copies missing and changed records: records that were deleted on the old side in the meantime stay on the new one.',
  clauses: ['MIG-04'],
  bases: ['migration'],
  mutate: (adapter) =>
    reading(adapter, ({ old, new: other }) => ({
      new: replaceOuterStore(other, 'streams', (streams) => ({
        ...streams,
        async scan(request) {
          const page = await streams.scan(request);
          const found = await Promise.all(page.items.map(({ id }) => streamsOf(old).get(id)));
          return { ...page, items: page.items.filter((_, index) => found[index] !== undefined) };
        },
      })),
    })),
};

/** `adapter`, only whose backfill uses other sides. It reads them row by row. */
function reading(
  adapter: StorageAdapter,
  change: (migration: Migration) => Partial<Pick<Migration, 'old' | 'new'>>,
): StorageAdapter {
  return backfillOver(adapter, (migration) => {
    const { bulk: _, ...other } = migration.new;
    return change({ ...migration, new: other });
  });
}

async function filtered<T>(page: Awaitable<Page<T>>, isSeen: (row: T) => boolean): Promise<Page<T>> {
  const { items, ...rest } = await page;
  return { ...rest, items: items.filter(isSeen) };
}

export const copyDropsNulls: Mutant = {
  name: 'copy-drops-nulls',
  origin: 'INSERT of the fields that are not null: null, which has a meaning, becomes absent in the copy.',
  clauses: ['MIG-03', 'MIG-04'],
  bases: ['migration'],
  mutate: (adapter) => copiedAs(adapter, withoutNulls),
};

function withoutNulls<T extends object>(record: T): T {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null)) as T;
}

export const owedByFoldedId: Mutant = {
  name: 'owed-by-folded-id',
  origin:
    'The outbox has one row for each key of a case-insensitive collation: of two records whose ids differ only by case, one is copied.',
  clauses: ['MIG-03'],
  bases: ['migration'],
  mutate: (adapter) =>
    overSides(adapter, ({ old }) => {
      const store = old.idempotencyStore as IdempotencyStore;
      const scan: IdempotencyStore['scan'] = async (request) => {
        const page = await store.scan(request);
        const seen = new Set<string>();
        const twins = page.items.filter(({ token, body }) => {
          if (!isOwnToken(token)) return false;
          const folded = body.toLowerCase();
          return seen.has(folded) || !seen.add(folded);
        });
        for (const { token } of twins) await store.delete(token);
        return { ...page, items: page.items.filter((one) => !twins.includes(one)) };
      };
      return { old: extend(old, { idempotencyStore: { ...store, scan } }) };
    }),
};

export const comparesFirstPage: Mutant = {
  name: 'compares-first-page',
  origin: 'The answer has at most 500 rows, and its cursor is not followed.',
  clauses: ['MIG-05'],
  bases: ['migration'],
  mutate(adapter) {
    const short = (side: StorageAdapter): StorageAdapter =>
      replaceOuterStore(side, 'streams', (streams) => ({
        ...streams,
        async scan(request: PageRequest) {
          const { items } = await streams.scan({ ...request, limit: Math.min(request.limit, 500) });
          return { items };
        },
      }));
    return overSides(adapter, ({ old, new: other }) => ({ old: short(old), new: short(other) }));
  },
};

/** `adapter`, whose comparison reports only what `isSeen` accepts. */
function seeing(adapter: StorageAdapter, isSeen: (one: SideDifference | Unread) => boolean): StorageAdapter {
  return replaceMigration(adapter, (migration) => ({
    async compare(limit) {
      const comparison = await migration.compare(limit);
      return {
        ...comparison,
        differences: comparison.differences.filter(isSeen),
        unread: comparison.unread.filter(isSeen),
      };
    },
  }));
}

export const comparesEventsById: Mutant = {
  name: 'compares-events-by-id',
  origin: 'Appended rows never change, so only their ids are compared: a wrong copy is not noticed.',
  clauses: ['MIG-05'],
  bases: ['migration'],
  mutate: (adapter) =>
    seeing(adapter, (one) => !('what' in one && one.kind === 'activity' && one.what === 'differs')),
};

export const comparesAsFloats: Mutant = {
  name: 'compares-as-floats',
  origin: 'Amounts are compared as numbers, with a tolerance: the last digits of a large amount are ignored.',
  clauses: ['MIG-05'],
  bases: ['migration'],
  mutate: (adapter) =>
    seeing(adapter, (one) => {
      if (!('what' in one)) return true;
      const { old, new: other } = one.values?.['totalAmount'] ?? {};
      return old === undefined || Number(old) !== Number(other) || (one.fields ?? []).length > 1;
    }),
};

export const oldSideIsReadable: Mutant = {
  name: 'old-side-is-readable',
  origin:
    'Only reads of the new database are guarded: rows that the old one failed to return count as absent.',
  clauses: ['MIG-05'],
  bases: ['migration'],
  mutate: (adapter) => seeing(adapter, (one) => 'what' in one || one.from === 'new'),
};

export const listsStay: Mutant = {
  name: 'lists-stay',
  origin: 'The flag applies to reads by id; lists are still read on the old side.',
  clauses: ['MIG-05'],
  bases: ['migration'],
  mutate(adapter) {
    const old = migrationOf(adapter).old.streamRepository?.activity as ActivityStore;
    return replaceOuterStore(adapter, 'activity', (activity) => ({
      ...activity,
      list: (request) => old.list(request),
    }));
  },
};

export const nestedOnOldAlone: Mutant = {
  name: 'nested-on-old-alone',
  origin:
    'Both locks are taken, and copies made, where a request begins: a nested section takes only the old lock and writes only there.',
  clauses: ['MIG-03', 'MIG-02'],
  bases: ['migration'],
  mutate(adapter) {
    const within = new AsyncLocalStorage<boolean>();
    const { old } = migrationOf(adapter);
    return replaceLock(adapter, (id, callback, options) =>
      lockOf(within.getStore() === true ? old : adapter)(
        id,
        (view) => within.run(true, () => callback(view)),
        options,
      ),
    );
  },
};
