/** Opens the two storages of a move as a running application uses them, with the migrating adapter. */
import { isStorageError, type StorageAdapter, type Target } from '../../adapters/contract/index.ts';
import { createMigratingAdapter } from '../../adapters/migration/index.ts';
import { loadTarget, type TargetReference } from '../../scenarios/host/index.ts';
import { LockstepError } from '../../scenarios/lockstepError.ts';
import { resolveTarget } from '../targets/targets.ts';

export interface MoveOptions {
  readonly cwd: string;
  readonly pg: string;
  /** The namespaces of the old and the new side. */
  readonly namespaces: readonly [string, string];
}

/** The opened sides as one adapter. Closing it closes both. Errors: USAGE, TARGET_FAILED, and those of the storages. */
export async function openMove(
  specs: readonly [string, string],
  { cwd, pg, namespaces }: MoveOptions,
): Promise<StorageAdapter> {
  const references = [await resolveTarget(specs[0], cwd), await resolveTarget(specs[1], cwd)] as const;
  if (references[0].url === references[1].url && namespaces[0] === namespaces[1])
    throw new LockstepError(
      'USAGE',
      `Expected two storages, got ${specs[0]} with the namespace ${namespaces[0]} twice. Give two namespaces with --namespace OLD,NEW, or name another target.`,
    );
  const targets = [await operable(references[0]), await operable(references[1])] as const;
  const old = await attach(targets[0], { pg, namespace: namespaces[0] });
  try {
    const other = await attach(targets[1], { pg, namespace: namespaces[1] });
    try {
      await requireTables(old, `${specs[0]}, ${namespaces[0]}`);
      await requireTables(other, `${specs[1]}, ${namespaces[1]}`);
      return createMigratingAdapter({ old, new: other, follow: true });
    } catch (error) {
      await other.close();
      throw error;
    }
  } catch (error) {
    await old.close();
    if (error instanceof TypeError) throw new LockstepError('USAGE', error.message, { cause: error });
    throw error;
  }
}

/** Rejects with USAGE if the tables are missing, because nothing can be asked without them. */
async function requireTables({ schema }: StorageAdapter, name: string): Promise<void> {
  const missing = (await schema?.check())?.missing ?? [];
  if (missing.length === 0) return;
  throw new LockstepError(
    'USAGE',
    `Expected the ${name} storage to have the tables of this version, but migrations are missing: ${missing.join(', ')}. Apply them (see docs/schema.md), or correct --namespace. Nothing was changed.`,
  );
}

/** Rejects with USAGE if only the application's own process can reach the storage. */
async function operable(reference: TargetReference): Promise<Target> {
  const target = await loadTarget(reference);
  const { spec } = reference;
  if (target.attach !== undefined) return target;
  if (!target.capabilities.crossInstance)
    throw new LockstepError(
      'USAGE',
      `Expected a storage that this process can reach, but ${spec} lives in the process that opened it (it does not declare crossInstance). Run the move inside the application: createOperator of lockstep/migration takes the same steps (docs/migration.md).`,
    );
  if (target.start !== undefined)
    throw new LockstepError(
      'USAGE',
      `Expected a storage that an application uses, but ${spec} starts a new one for each run. Add "attach" to the target, which opens the application's storage.`,
    );
  return target;
}

async function attach(
  target: Target,
  { pg, namespace }: { readonly pg: string; readonly namespace: string },
): Promise<StorageAdapter> {
  const clock = Date.now;
  try {
    if (target.attach !== undefined) return await target.attach({ pg, namespace, clock });
    return await target.open({ connection: null, namespace, clock, instance: 0 });
  } catch (error) {
    if (isStorageError(error) && error.code === 'UNSUPPORTED')
      throw new LockstepError('USAGE', error.message, { cause: error });
    throw error;
  }
}
