import { StorageError } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { replaceStore } from '../stores.ts';

/** An execution is finished by its token. The claim is passed, but not compared. */
export const finishWithoutClaim: Mutant = {
  name: 'finish-without-claim',
  origin:
    'UPDATE … SET response = … WHERE token = … AND response IS NULL: an execution whose lease expired still answers for the one that took over.',
  clauses: ['IDEM-05'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceStore(adapter, (store) => ({
      finish: async (_claim, record) => {
        const answered = await store.putIfAbsent(record);
        if (answered.stored) return answered.record;
        throw new StorageError('CONFLICT', 'Expected a token without an answer, but it has one.');
      },
    })),
};
