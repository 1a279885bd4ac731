import { AsyncLocalStorage } from 'node:async_hooks';
import type { IdempotencyStore } from '../../../contract/index.ts';
import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';
import { replaceClaims } from '../stores.ts';

/**
 * An execution that begins within a section is rolled back if the section throws, although the store was called, not
 * the view.
 */
export const ambientBegin: Mutant = {
  name: 'ambient-begin',
  origin:
    'The store finds the transaction of the request in an AsyncLocalStorage: the claim is rolled back, but its holder continues.',
  clauses: ['IDEM-05'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const around = new AsyncLocalStorage<string[]>();
    const store = adapter.idempotencyStore as Required<IdempotencyStore>;
    const locking = replaceLock(adapter, async (id, callback, options) => {
      const claims: string[] = [];
      try {
        return await lockOf(adapter)(id, (view) => around.run(claims, () => callback(view)), options);
      } catch (error) {
        for (const claim of claims) await store.abandon(claim);
        throw error;
      }
    });
    return replaceClaims(locking, (inner) => ({
      begin: async (...args) => {
        const begun = await inner.begin(...args);
        if (begun.outcome === 'started') around.getStore()?.push(begun.claim);
        return begun;
      },
    }));
  },
};
