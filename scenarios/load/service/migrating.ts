/** How a service uses the surface `migration` of its instance. */
import type { IdempotencyStore, Json, Migration, StorageAdapter } from '../../../adapters/contract/index.ts';

/** The sides of a move. */
export const SIDES = ['old', 'new'] as const;
export type Side = (typeof SIDES)[number];

/** Calls the member. Rejects with the adapter's error, or if the instance has no such member. */
export async function migrate(
  adapter: StorageAdapter,
  { member, args }: { readonly member: keyof Migration; readonly args: readonly Json[] },
): Promise<unknown> {
  const migration = migrationOf(adapter);
  const called: unknown = migration[member];
  if (typeof called !== 'function')
    throw new Error(`Expected the surface migration to have the function ${member}, which it lacks.`);
  return await (called.apply(migration, args) as unknown);
}

/** One side as a reader sees it that knows only this side, without the records that the migration keeps there. */
export function sideOf(adapter: StorageAdapter, name: Side): StorageAdapter {
  const side = migrationOf(adapter)[name];
  const { idempotencyStore: store } = side;
  if (store === undefined) return side;
  const scan: IdempotencyStore['scan'] = async (request) => {
    const page = await store.scan(request);
    return { ...page, items: page.items.filter(({ token }) => !token.startsWith(OWN_TOKENS)) };
  };
  // Inherits from the object, because a side may be of any class.
  const idempotencyStore = Object.assign(Object.create(store) as IdempotencyStore, { scan });
  return Object.assign(Object.create(side) as StorageAdapter, { idempotencyStore });
}

/** Both sides as they are. */
export function sidesOf(adapter: StorageAdapter): Readonly<Record<Side, StorageAdapter>> {
  const { old, new: other } = migrationOf(adapter);
  return { old, new: other };
}

/** What each side says about itself. Null: it does not support this, or it does not answer. */
export async function deciding(adapter: StorageAdapter): Promise<Record<Side, boolean | null>> {
  const { old, new: other } = sidesOf(adapter);
  const of = async ({ authority }: StorageAdapter): Promise<boolean | null> => {
    try {
      return (await authority?.get())?.decides ?? null;
    } catch {
      return null;
    }
  };
  const [first, second] = await Promise.all([of(old), of(other)]);
  return { old: first, new: second };
}

/** The prefix of the tokens that a migration keeps for itself. */
const OWN_TOKENS = 'migration:';

function migrationOf({ migration }: StorageAdapter): Migration {
  if (migration === undefined) throw new Error('Expected an instance with the surface migration.');
  return migration;
}
