/** The store in files: `step` makes what the bridge does with it whole, whichever process does it. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TargetDefinition } from '../../contract/index.ts';
import { bridgeTarget, type PersistenceStore } from '../index.ts';
import { createSharedStore } from './sharedStore.ts';

/** A target over the store that `change` makes of the shared one. */
export function sharedTarget(
  name: string,
  change: (store: PersistenceStore) => PersistenceStore,
): TargetDefinition {
  return bridgeTarget({
    name,
    capabilities: { crossInstance: true },
    start() {
      const folder = mkdtempSync(join(tmpdir(), 'lockstep-shared-'));
      return { connection: folder, stop: () => rmSync(folder, { recursive: true, force: true }) };
    },
    open({ connection, namespace }) {
      const folder = join(connection as string, namespace);
      mkdirSync(folder, { recursive: true });
      return change(createSharedStore(folder));
    },
    destroy: ({ connection, namespace }) =>
      rmSync(join(connection as string, namespace), { recursive: true, force: true }),
  });
}

const target: TargetDefinition = sharedTarget('shared-store', (store) => store);
export default target;
