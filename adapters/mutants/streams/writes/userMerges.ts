import type { Mutant } from '../../mutant.ts';
import { replaceStore } from '../../stores.ts';

/** A put of a user keeps the stored fields that the new record lacks. */
export const userMerges: Mutant = {
  name: 'user-put-merges',
  origin: 'An upsert with `email = COALESCE(EXCLUDED.email, users.email)`: no field can be removed.',
  clauses: ['STREAM-07'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceStore(adapter, 'users', (store) => ({
      ...store,
      put: async (user) => {
        const { updatedAt: _stamp, ...stored } = (await store.get(user.walletAddress)) ?? user;
        return store.put({ ...stored, ...user });
      },
    })),
};
