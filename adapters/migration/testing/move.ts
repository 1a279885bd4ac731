/** Two namespaces in memory, and migrating instances over them that a test may open again and again. */
import { randomUUID } from 'node:crypto';
import type { ExportJobStore, IdempotencyStore, Migration, StorageAdapter } from '../../contract/index.ts';
import { createMemoryAdapter } from '../../memory/index.ts';
import { createMigratingAdapter, type MigrationOptions } from '../index.ts';

export type Migrating = StorageAdapter & { readonly migration: Migration };

export class TestMove {
  readonly #namespaces = { old: randomUUID(), new: randomUUID() };
  readonly #opened: StorageAdapter[] = [];
  nowMs: number = Date.UTC(2030, 0, 1);

  side(name: 'old' | 'new'): StorageAdapter {
    return createMemoryAdapter({ namespace: this.#namespaces[name], clock: () => this.nowMs });
  }

  /** At `dual`, and quick to hear of everything. */
  open(options: Partial<MigrationOptions> = {}): Migrating {
    const sides = { old: this.side('old'), new: this.side('new') };
    const adapter = createMigratingAdapter({ ...sides, stage: 'dual', pollMs: 20, ...options });
    this.#opened.push(adapter);
    return adapter as Migrating;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#opened.map((adapter) => adapter.close()));
  }
}

export const tokensOf = ({ idempotencyStore }: StorageAdapter): Required<IdempotencyStore> =>
  idempotencyStore as Required<IdempotencyStore>;
export const jobsOf = ({ exportRepository }: StorageAdapter): Required<ExportJobStore> =>
  exportRepository?.jobs as Required<ExportJobStore>;
