import type { Mutant } from '../../mutant.ts';
import { replaceStore } from '../../stores.ts';

/** Users are found by their wallet address without regard to case. */
export const foldedWallets: Mutant = {
  name: 'folded-wallets',
  origin: 'toLowerCase() on every address, because some chains ignore case; others do not.',
  clauses: ['STREAM-01', 'STREAM-02'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const folded = (walletAddress: string): string => walletAddress.toLowerCase();
    return replaceStore(adapter, 'users', (store) => ({
      ...store,
      put: (user) => store.put({ ...user, walletAddress: folded(user.walletAddress) }),
      get: (walletAddress) => store.get(folded(walletAddress)),
    }));
  },
};
