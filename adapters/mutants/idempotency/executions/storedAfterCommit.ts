import type { NewIdempotencyRecord } from '../../../contract/index.ts';
import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';

/** The records of a section are stored after its commit. A record that cannot be stored fails after its effect. */
export const storedAfterCommit: Mutant = {
  name: 'stored-after-commit',
  origin: 'The answer is saved in an "after commit" hook: the payment is committed, but its body is refused.',
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
