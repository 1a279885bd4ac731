/** Records that are stored otherwise by one way of storing them than by the others. */
import type { Mutant } from '../../mutant.ts';
import { replaceClaims, replaceStore } from '../stores.ts';

export const putNeverExpires: Mutant = {
  name: 'put-never-expires',
  origin:
    'The lifetime is read in insert. The upsert of putIfAbsent has a list of columns of its own, without it.',
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
  origin:
    'finish stores DEFAULT for created_at, whatever it is given: records that are imported are new again.',
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
