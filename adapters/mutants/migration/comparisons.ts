import {
  compareIds,
  compareTimestamps,
  decodeListCursor,
  encodeListCursor,
  isStorageError,
  type Comparison,
  type PageRequest,
  type SideDifference,
  type StorageAdapter,
  type StreamRecord,
  type StreamStore,
} from '../../contract/index.ts';
import type { Mutant } from '../mutant.ts';
import { replaceOuterStore } from '../stores.ts';
import { migrationOf, overSides, replaceMigration } from './parts.ts';

const EVERYTHING = 1000;

/** A comparison that ignores some of the differences. */
function blindTo(
  adapter: StorageAdapter,
  isUnseen: (difference: SideDifference, comparison: Comparison) => boolean,
): StorageAdapter {
  return replaceMigration(adapter, (migration) => ({
    async compare(limit) {
      const comparison = await migration.compare(limit);
      const differences = comparison.differences.filter((one) => !isUnseen(one, comparison));
      return { ...comparison, differences };
    },
  }));
}

export const comparesSets: Mutant = {
  name: 'compares-sets',
  origin:
    'Both sides hold the same rows, but nobody compares their order: the new database sorts ids by another collation.',
  clauses: ['MIG-05'],
  bases: ['migration'],
  mutate(adapter) {
    const changed = overSides(adapter, (migration) => ({ new: withOtherTies(migration.new) }));
    const shown = replaceMigration(changed, (migration) => ({ new: withOtherTies(migration.new) }));
    return blindTo(shown, ({ what }) => what === 'order');
  },
};

/** A side whose list of streams shows those with equal times in reverse order of ids. */
function withOtherTies(side: StorageAdapter): StorageAdapter {
  const order = (
    a: Pick<StreamRecord, 'createdAt' | 'id'>,
    b: Pick<StreamRecord, 'createdAt' | 'id'>,
  ): number => compareTimestamps(a.createdAt, b.createdAt) || -compareIds(a.id, b.id);
  const listOf =
    (streams: StreamStore): StreamStore['list'] =>
    async ({ limit, cursor, status }: PageRequest & { status?: string }) => {
      const { items } = await streams.scan({ limit: EVERYTHING });
      const rows = items.filter((row) => status === undefined || row.status === status).sort(order);
      const after = cursor === undefined ? undefined : decodeListCursor(cursor);
      const rest =
        after === undefined
          ? rows
          : rows.filter((row) => order(row, { id: after.id, createdAt: after.timestamp }) > 0);
      const page = rest.slice(0, limit);
      const last = page.at(-1);
      if (last === undefined || rest.length <= limit) return { items: page };
      return { items: page, nextCursor: encodeListCursor({ id: last.id, timestamp: last.createdAt }) };
    };
  return replaceOuterStore(side, 'streams', (streams) => ({ ...streams, list: listOf(streams) }));
}

export const comparesIds: Mutant = {
  name: 'compares-ids',
  origin: 'SELECT id FROM old EXCEPT SELECT id FROM new: rows with different contents are not noticed.',
  clauses: ['MIG-05'],
  bases: ['migration'],
  mutate: (adapter) => blindTo(adapter, ({ what }) => what === 'differs'),
};

export const comparesOneWay: Mutant = {
  name: 'compares-one-way',
  origin: 'Every row of the old side is looked for on the new one, but not the other way round.',
  clauses: ['MIG-05'],
  bases: ['migration'],
  mutate: (adapter) => blindTo(adapter, ({ what }) => what === 'extra'),
};

export const comparesCounts: Mutant = {
  name: 'compares-counts',
  origin: 'SELECT count(*) on both sides: one extra row and one missing row cancel each other out.',
  clauses: ['MIG-05'],
  bases: ['migration'],
  mutate: (adapter) =>
    blindTo(adapter, ({ kind }, { differences }) => {
      const count = (what: string): number =>
        differences.filter((one) => one.kind === kind && one.what === what).length;
      return count('missing') === count('extra');
    }),
};

export const comparesParsedBodies: Mutant = {
  name: 'compares-parsed-bodies',
  origin: 'Bodies are compared as JSON, like jsonb: a body with its keys in another order counts as equal.',
  clauses: ['MIG-05'],
  bases: ['migration'],
  mutate: (adapter) => blindTo(adapter, ({ fields }) => fields?.join() === 'body'),
};

export const cutOverUnchecked: Mutant = {
  name: 'cut-over-unchecked',
  origin: 'The flag is flipped on the planned day, whatever the comparison says.',
  clauses: ['MIG-05'],
  bases: ['migration'],
  mutate: (adapter) =>
    replaceMigration(adapter, (migration) => ({
      async moveTo(stage) {
        try {
          await migration.moveTo(stage);
        } catch {
          await migration.moveTo('dual');
        }
      },
    })),
};

export const comparesCaseFolded: Mutant = {
  name: 'compares-case-folded',
  origin:
    'Rows are paired by a key with a case-insensitive collation: of two ids that differ only by case, one is compared.',
  clauses: ['MIG-05'],
  bases: ['migration'],
  mutate: (adapter) =>
    overSides(adapter, (migration) => ({
      old: withFoldedUsers(migration.old),
      new: withFoldedUsers(migration.new),
    })),
};

export const comparesCollated: Mutant = {
  name: 'compares-collated',
  origin:
    'Rows are paired in the new database, whose collation ignores accents and trailing blanks: of ids that it considers equal, one is compared.',
  clauses: ['MIG-05'],
  bases: ['migration'],
  mutate(adapter) {
    const fold = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').trimEnd();
    return overSides(adapter, (migration) => ({
      old: withFoldedUsers(migration.old, fold),
      new: withFoldedUsers(migration.new, fold),
    }));
  },
};

const PREFIX = 1000;

export const comparesPrefixes: Mutant = {
  name: 'compares-prefixes',
  origin: 'MD5(LEFT(note, 1000)): differences after the compared prefix are not noticed.',
  clauses: ['MIG-05'],
  bases: ['migration'],
  mutate(adapter) {
    const cut = (value: unknown): unknown => (typeof value === 'string' ? value.slice(0, PREFIX) : value);
    const short = (side: StorageAdapter): StorageAdapter =>
      replaceOuterStore(side, 'streams', (streams) => ({
        ...streams,
        async scan(request) {
          const page = await streams.scan(request);
          const cutRow = (row: StreamRecord): StreamRecord =>
            Object.fromEntries(Object.entries(row).map(([key, value]) => [key, cut(value)])) as StreamRecord;
          return { ...page, items: page.items.map(cutRow) };
        },
      }));
    return overSides(adapter, ({ old, new: other }) => ({ old: short(old), new: short(other) }));
  },
};

export const comparesNumbers: Mutant = {
  name: 'compares-numbers',
  origin: 'JSON.parse on both sides, and then deep equality: different numbers beyond 2^53 count as equal.',
  clauses: ['MIG-05'],
  bases: ['migration'],
  mutate: (adapter) =>
    blindTo(adapter, ({ values }) => {
      const { old, new: other } = values?.['body'] ?? {};
      return (
        typeof old === 'string' &&
        typeof other === 'string' &&
        numbersIn(old).join() === numbersIn(other).join()
      );
    }),
};

function numbersIn(body: string): number[] {
  return (body.match(/\d+/g) ?? []).map(Number);
}

/**
 * A side whose scan of users shows only the first of several users whose addresses are equal after folding. Default:
 * differences of case are folded.
 */
function withFoldedUsers(
  side: StorageAdapter,
  fold: (text: string) => string = (text) => text.toLowerCase(),
): StorageAdapter {
  return replaceOuterStore(side, 'users', (users) => ({
    ...users,
    async scan(request) {
      const page = await users.scan(request);
      const seen = new Set<string>();
      const items = page.items.filter(({ walletAddress }) => {
        const folded = fold(walletAddress);
        if (seen.has(folded)) return false;
        seen.add(folded);
        return true;
      });
      return { ...page, items };
    },
  }));
}

export const errorIsClean: Mutant = {
  name: 'error-is-clean',
  origin: 'A comparison that could not read a table reports no difference in it.',
  clauses: ['MIG-05'],
  bases: ['migration'],
  mutate: (adapter) =>
    replaceMigration(adapter, (migration) => ({
      compare: async (limit) => ({ ...(await migration.compare(limit)), unread: [] }),
    })),
};

export const unreadKindIsClean: Mutant = {
  name: 'unread-kind-is-clean',
  origin:
    'catch (error) { logger.warn(table, error) } around each table: the job fails if the database is down, but succeeds if one table cannot be read.',
  clauses: ['MIG-05'],
  bases: ['migration'],
  mutate: (adapter) =>
    replaceMigration(adapter, (migration) => ({
      async compare(limit) {
        const comparison = await migration.compare(limit);
        const kinds = new Set(comparison.unread.map(({ kind }) => kind));
        return kinds.size > 1 ? comparison : { ...comparison, unread: [] };
      },
    })),
};

export const cutOverOwing: Mutant = {
  name: 'cut-over-owing',
  origin:
    'The gate checks whether the copied rows are equal, but not whether all rows were copied: reads move before the last change has arrived.',
  clauses: ['MIG-09'],
  bases: ['migration'],
  mutate(adapter) {
    let isForced = false;
    const other = migrationOf(adapter).new.streamRepository?.streams;
    const moving = replaceMigration(adapter, (migration) => ({
      async moveTo(stage) {
        isForced = false;
        try {
          await migration.moveTo(stage);
        } catch (error) {
          const { owed = 0 } = (isStorageError(error) ? error.details : {}) as { readonly owed?: number };
          if (owed === 0) throw error;
          isForced = true;
        }
      },
    }));
    return replaceOuterStore(moving, 'streams', (streams) => ({
      ...streams,
      get: (id) => (isForced ? other?.get(id) : streams.get(id)),
    }));
  },
};
