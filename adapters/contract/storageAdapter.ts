/** A whole adapter: its records, and the surfaces for moving its storage to another one. */
import type { Migration, SideAdapter } from './migration/migration.ts';

/** One opened instance of an adapter. With `crossInstance`, instances of different processes on one namespace share storage. */
export interface StorageAdapter extends SideAdapter {
  /** Present in an adapter that moves records from one storage to another. */
  readonly migration?: Migration;
}

/** The surfaces that an adapter may have or lack. */
export const SURFACES = [
  'locks',
  'streams',
  'users',
  'activity',
  'idempotency',
  'exports',
  'authority',
  'migration',
] as const;
export type Surface = (typeof SURFACES)[number];

/** The surfaces that `adapter` has. A surface counts as present if its member is. */
export function surfacesOf(adapter: StorageAdapter): Surface[] {
  const repository = adapter.streamRepository;
  const present: Record<Surface, unknown> = {
    locks: typeof repository?.withLock === 'function' ? repository : undefined,
    streams: repository?.streams,
    users: repository?.users,
    activity: repository?.activity,
    idempotency: adapter.idempotencyStore,
    exports: adapter.exportRepository,
    authority: adapter.authority,
    migration: adapter.migration,
  };
  return SURFACES.filter((surface) => present[surface] !== undefined && present[surface] !== null);
}
