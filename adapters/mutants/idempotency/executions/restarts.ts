/** An instance abandons executions when it is opened or closed, including those of other instances. */
import type { IdempotencyStore, StorageAdapter } from '../../../contract/index.ts';
import { extend, type Mutant, type Seed } from '../../mutant.ts';
import { replaceClaims } from '../stores.ts';

/** The claims of all instances of the process, by namespace. */
const claims = new Map<string, Set<string>>();

async function abandonAll(adapter: StorageAdapter, { options }: Seed): Promise<void> {
  const held = claims.get(options.namespace) ?? [];
  claims.delete(options.namespace);
  for (const claim of held) await (adapter.idempotencyStore as Required<IdempotencyStore>).abandon(claim);
}

function remembering(adapter: StorageAdapter, { options }: Seed): StorageAdapter {
  return replaceClaims(adapter, (store) => ({
    begin: async (...asked) => {
      const begun = await store.begin(...asked);
      const held = claims.get(options.namespace) ?? new Set();
      claims.set(options.namespace, held);
      if (begun.outcome === 'started') held.add(begun.claim);
      return begun;
    },
  }));
}

export const openAbandonsClaims: Mutant = {
  name: 'open-abandons-claims',
  origin: 'DELETE FROM executions at the start, "from before the restart": other instances are executing.',
  clauses: ['IDEM-05'],
  bases: ['memory'],
  mutate: async (adapter, seed) => {
    await abandonAll(adapter, seed);
    return remembering(adapter, seed);
  },
};

export const closeAbandonsClaims: Mutant = {
  name: 'close-abandons-claims',
  origin: 'DELETE FROM executions WHERE host = hostname at the end: other instances have the same hostname.',
  clauses: ['IDEM-05'],
  bases: ['memory'],
  mutate: (adapter, seed) =>
    extend(remembering(adapter, seed), {
      close: async () => {
        await abandonAll(adapter, seed);
        await adapter.close();
      },
    }),
};
