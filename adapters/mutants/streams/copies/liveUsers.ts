import type { UserRecord } from '../../../contract/index.ts';
import { holding } from '../../holding.ts';
import type { Mutant } from '../../mutant.ts';
import { mapPage, replaceStore } from '../../stores.ts';

export const liveUsers: Mutant = {
  name: 'live-users',
  origin:
    'A Map of users whose get returns the stored object: a view model that masks an address masks it permanently.',
  clauses: ['STREAM-07'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const show = holding(({ walletAddress, updatedAt }: UserRecord) => `${walletAddress} ${updatedAt}`);
    return replaceStore(adapter, 'users', (store) => ({
      put: async (user) => show(await store.put(user)),
      get: async (walletAddress) => {
        const user = await store.get(walletAddress);
        return user === undefined ? undefined : show(user);
      },
      scan: async (request) => mapPage(await store.scan(request), show),
    }));
  },
};
