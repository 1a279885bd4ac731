/** Stores where one of the calls that store a record drops a field that the other calls store. */
import type { Mutant } from '../../mutant.ts';
import { replaceClaims, replaceStore } from '../stores.ts';

export const putNeverExpires: Mutant = {
  name: 'put-never-expires',
  origin:
    'The lifetime is read in insert. The upsert of putIfAbsent lists its columns separately and leaves the lifetime out.',
  clauses: ['IDEM-08'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceStore(adapter, (store) => ({
      putIfAbsent: (record) => {
        const { ttlMs, ...lasting } = record ?? {};
        return store.putIfAbsent(ttlMs === undefined ? record : lasting);
      },
    })),
};

export const finishCreatesNow: Mutant = {
  name: 'finish-creates-now',
  origin: 'finish always stores DEFAULT for created_at, so an imported record loses its time of creation.',
  clauses: ['IDEM-08'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceClaims(adapter, (store) => ({
      finish: (claim, record) => {
        const { createdAt, ...stamped } = record ?? {};
        return store.finish(claim, createdAt === undefined ? record : stamped);
      },
    })),
};
