import type { NewUser } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { replaceStore } from '../../stores.ts';

/** The storage keeps the user object of its caller, so later changes of it are shown. */
export const userArgumentKept: Mutant = {
  name: 'user-argument-kept',
  origin: 'map.set(user.walletAddress, user): the form that the caller continues to edit is the stored user.',
  clauses: ['STREAM-07'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const given = new Map<string, NewUser>();
    return replaceStore(adapter, 'users', (store) => ({
      ...store,
      put: async (user) => {
        const stored = await store.put(user);
        given.set(stored.walletAddress, user);
        return stored;
      },
      get: async (walletAddress) => {
        const stored = await store.get(walletAddress);
        return stored === undefined ? undefined : structuredClone({ ...stored, ...given.get(walletAddress) });
      },
    }));
  },
};
