/** Rebuilds a migrating adapter with another decision in it. */
import type {
  Authority,
  Control,
  LockedView,
  Migration,
  NewStream,
  Stage,
  StorageAdapter,
  StreamRepository,
  StreamStore,
} from '../../contract/index.ts';
import { defined } from '../../contract/defined.ts';
import { createMigratingAdapter, type MigrationOptions } from '../../migration/index.ts';
import { extend } from '../mutant.ts';
import { replaceStore } from '../stores.ts';

/** The prefix of the locks that copies of records take. */
export const COPY_LOCK = 'migration-copy-';

export function migrationOf({ migration }: StorageAdapter): Migration {
  if (migration === undefined) throw new TypeError('Expected a migrating adapter; it has no migration.');
  return migration;
}

/** Runs a copy against a view that makes no writes. */
export async function withPretendedWrites<T>(
  side: StorageAdapter,
  copy: (view: LockedView) => Promise<T>,
): Promise<T> {
  const { streams, users, activity } = side.streamRepository as Required<StreamRepository>;
  const view = {
    streams,
    users,
    activity,
    ...defined({ idempotency: side.idempotencyStore, exports: side.exportRepository }),
    signal: new AbortController().signal,
  };
  return copy(withoutWrites(view));
}

/** `view`, which answers each write as if it had been made, and makes none. */
export function withoutWrites(view: LockedView): LockedView {
  const said = (record: unknown): never => record as never;
  const { streams, users, activity, idempotency } = view;
  return {
    ...view,
    ...(streams && { streams: { ...streams, create: said, put: said, delete: () => true } }),
    ...(users && { users: { ...users, put: said } }),
    ...(activity && { activity: { ...activity, append: said } }),
    ...(idempotency && { idempotency: { ...idempotency, insert: said } }),
  };
}

/** The streams of one side, outside sections. */
export function streamsOf(side: StorageAdapter): StreamStore {
  return side.streamRepository?.streams as StreamStore;
}

type Opening = Pick<MigrationOptions, 'stage' | 'follow'>;
const openings = new WeakMap<StorageAdapter, Opening>();

/**
 * Remembers how the adapter was opened, so that an adapter over other sides is opened in the same way. Default: at
 * `dual`, without following orders.
 */
export function openedAs(adapter: StorageAdapter, opening: Opening): StorageAdapter {
  openings.set(adapter, opening);
  return adapter;
}

type Sides = Pick<Migration, 'old' | 'new'>;
type Change = (migration: Migration) => Partial<Sides>;

/**
 * `adapter` over other sides, or opened with other options. Callers that use the sides directly still get the
 * unchanged ones.
 */
export function overSides(
  adapter: StorageAdapter,
  change: Change,
  options: Partial<MigrationOptions> = {},
): StorageAdapter {
  const migration = migrationOf(adapter);
  const { old, new: other } = migration;
  const opening = openings.get(adapter);
  const sides =
    opening === undefined
      ? change(migration)
      : { old: changedFor('old', migration, change), new: changedFor('new', migration, change) };
  const changed = createMigratingAdapter({
    old,
    new: other,
    stage: 'dual',
    ...opening,
    ...sides,
    ...options,
  });
  return extend(changed, { migration: { ...migrationOf(changed), old, new: other } });
}

/**
 * The changed side. Its handles for writers are changed in the same way, unless the change is about the authority
 * itself.
 */
function changedFor(name: keyof Sides, migration: Migration, change: Change): StorageAdapter {
  const side = migration[name];
  const changed = change(migration)[name] ?? side;
  const { authority } = side;
  const isChanged = changed.authority !== undefined && changed.authority !== authority;
  if (changed === side || authority === undefined || isChanged) return changed;
  const as: Authority['as'] = (writer) => {
    const handle: StorageAdapter = authority.as(writer);
    return change({ ...migration, [name]: handle })[name] ?? handle;
  };
  return extend(changed, { authority: { ...authority, as } });
}

/** `adapter` with changed members of its migration. */
export function replaceMigration(
  adapter: StorageAdapter,
  change: (migration: Migration) => Partial<Migration>,
): StorageAdapter {
  const migration = migrationOf(adapter);
  return extend(adapter, { migration: { ...migration, ...change(migration) } });
}

/** `adapter`, and a function that returns the stage to which it was last moved. */
export function withStage(adapter: StorageAdapter): {
  readonly adapter: StorageAdapter;
  readonly stage: () => Stage;
} {
  let stage: Stage = 'dual';
  const moving = replaceMigration(adapter, (migration) => ({
    async moveTo(next) {
      await migration.moveTo(next);
      stage = next;
    },
  }));
  return { adapter: moving, stage: () => stage };
}

/** `adapter`, and a function that returns the last order that it was given. */
export function withOrders(adapter: StorageAdapter): {
  readonly adapter: StorageAdapter;
  readonly last: () => Control | undefined;
} {
  let last: Control | undefined;
  const ordered = replaceMigration(adapter, (migration) => ({
    async instruct(order) {
      last = await migration.instruct(order);
      return last;
    },
    async moveTo(next) {
      await migration.moveTo(next);
      last = undefined;
    },
  }));
  return { adapter: ordered, last: () => last };
}

/** `adapter`, only whose backfill uses other sides. */
export function backfillOver(adapter: StorageAdapter, change: Change): StorageAdapter {
  const changed = migrationOf(overSides(adapter, change));
  return replaceMigration(adapter, () => ({ backfill: (limit) => changed.backfill(limit) }));
}

/** `adapter`, whose new side stores `change(stream)` instead of each stream. */
export function copiedAs(
  adapter: StorageAdapter,
  change: <T extends NewStream>(stream: T) => T,
): StorageAdapter {
  return overSides(adapter, ({ new: other }) => ({
    new: replaceStore(other, 'streams', (streams) => ({
      ...streams,
      create: (stream) => streams.create(change(stream)),
      put: (stream) => streams.put(change(stream)),
    })),
  }));
}
