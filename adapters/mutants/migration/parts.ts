/** Takes a migrating adapter apart, and puts it together again with another decision in it. */
import type { Migration, Stage, StorageAdapter, StreamStore } from '../../contract/index.ts';
import { createMigratingAdapter } from '../../migration/index.ts';
import { extend } from '../mutant.ts';

/** How the locks begin that copies of records take. */
export const COPY_LOCK = 'migration-copy-';

export function migrationOf({ migration }: StorageAdapter): Migration {
  if (migration === undefined) throw new TypeError('Expected a migrating adapter; it has no migration.');
  return migration;
}

/** The streams of one side, outside sections. */
export function streamsOf(side: StorageAdapter): StreamStore {
  return side.streamRepository?.streams as StreamStore;
}

/** `adapter` over other sides; those that are read and written past the migration stay the true ones. */
export function overSides(
  adapter: StorageAdapter,
  change: (migration: Migration) => Partial<Pick<Migration, 'old' | 'new'>>,
): StorageAdapter {
  const { old, new: other } = migrationOf(adapter);
  const changed = createMigratingAdapter({ old, new: other, stage: 'dual', ...change(migrationOf(adapter)) });
  return extend(changed, { migration: { ...migrationOf(changed), old, new: other } });
}

/** `adapter` with other members of its migration. */
export function replaceMigration(
  adapter: StorageAdapter,
  change: (migration: Migration) => Partial<Migration>,
): StorageAdapter {
  const migration = migrationOf(adapter);
  return extend(adapter, { migration: { ...migration, ...change(migration) } });
}

/** `adapter` with a way to know its stage, as it was last moved. */
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
