import type { StorageAdapter } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { replaceStore } from '../../stores.ts';

/** Ids of streams and users are compared without regard to case. */
export const foldedIds: Mutant = {
  name: 'folded-ids',
  origin: 'A citext key, or the default collation of MySQL and SQL Server: S1 equals s1.',
  clauses: ['STREAM-01', 'STREAM-02'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const spelled = new Map<string, string>();
    /** The spelling of the id that was used first. */
    const known = (id: string): string => spelled.get(id.toLowerCase()) ?? id;
    const written = (id: string): string => {
      const first = known(id);
      spelled.set(id.toLowerCase(), first);
      return first;
    };
    const streams: StorageAdapter = replaceStore(adapter, 'streams', (store) => ({
      ...store,
      create: (stream) => store.create({ ...stream, id: written(stream.id) }),
      put: (stream) => store.put({ ...stream, id: known(stream.id) }),
      get: (id) => store.get(known(id)),
      delete: (id) => store.delete(known(id)),
    }));
    return replaceStore(streams, 'users', (store) => ({
      ...store,
      put: (user) => store.put({ ...user, walletAddress: written(user.walletAddress) }),
      get: (walletAddress) => store.get(known(walletAddress)),
    }));
  },
};
