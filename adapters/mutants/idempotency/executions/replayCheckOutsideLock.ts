import type { IdempotencyRecord, LockedView } from '../../../contract/index.ts';
import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';

/** Tokens are looked up before the lock is granted, and the result is used within it. */
export const replayCheckOutsideLock: Mutant = {
  name: 'replay-check-outside-lock',
  origin:
    'StreamPay looks for a stored answer before it takes the lock; a request that waited executes again.',
  clauses: ['IDEM-01', 'IDEM-03'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const store = adapter.idempotencyStore;
    if (store === undefined) return adapter;
    return replaceLock(adapter, async (id, callback, options) => {
      const early = new Map<string, IdempotencyRecord | undefined>();
      for (const token of options?.prefetch?.tokens ?? []) early.set(token, await store.get(token));
      return lockOf(adapter)(id, (view) => callback(withEarlyAnswers(view, early)), options);
    });
  },
};

function withEarlyAnswers(
  view: LockedView,
  early: ReadonlyMap<string, IdempotencyRecord | undefined>,
): LockedView {
  const { idempotency } = view;
  if (idempotency === undefined) return view;
  return {
    ...view,
    idempotency: {
      get: (token) => (early.has(token) ? early.get(token) : idempotency.get(token)),
      // The other half of the bug: the answer is put, not inserted, so that nothing notices the second execution.
      insert: async (record) => (await idempotency.get(record.token)) ?? idempotency.insert(record),
    },
  };
}
