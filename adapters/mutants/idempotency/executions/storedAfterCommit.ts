import type { NewIdempotencyRecord } from '../../../contract/index.ts';
import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';

/** A section's records are stored when it has committed; what cannot be stored then fails after its effect. */
export const storedAfterCommit: Mutant = {
  name: 'stored-after-commit',
  origin: 'The answer is saved in an "after commit" hook: the payment stands, and its body is refused.',
  clauses: ['IDEM-07'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const store = adapter.idempotencyStore;
    if (store === undefined) return adapter;
    return replaceLock(adapter, async (id, callback, options) => {
      const late: NewIdempotencyRecord[] = [];
      const result = await lockOf(adapter)(
        id,
        (view) =>
          callback({
            ...view,
            idempotency: {
              get: (token) => view.idempotency?.get(token),
              insert: (record) => {
                late.push(record);
                return { ...record, createdAt: record.createdAt ?? new Date().toISOString() };
              },
            },
          }),
        options,
      );
      for (const record of late) await store.insert(record);
      return result;
    });
  },
};
