import type { UserRecord } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { replaceStore } from '../../stores.ts';

/** A user that was read once is never read again. */
export const userCache: Mutant = {
  name: 'user-cache',
  origin: 'Users change so rarely that a Map without expiry seems good enough.',
  clauses: ['STREAM-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const known = new Map<string, UserRecord>();
    return replaceStore(adapter, 'users', (store) => ({
      ...store,
      get: async (walletAddress) => {
        const user = known.get(walletAddress) ?? (await store.get(walletAddress));
        if (user !== undefined) known.set(walletAddress, structuredClone(user));
        return structuredClone(user);
      },
    }));
  },
};
