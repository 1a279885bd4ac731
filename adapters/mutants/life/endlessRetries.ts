/** Permanent refusals with a code that asks the caller to try again. */
import { codeOf, StorageError } from '../../contract/index.ts';
import { lockOf, replaceLock, type Mutant } from '../mutant.ts';
import { replaceStore } from '../stores.ts';

export const duplicateUnavailable: Mutant = {
  name: 'duplicate-unavailable',
  origin:
    'Every error of the driver becomes 503, including a violated unique key: the client tries to create the record forever.',
  clauses: ['ERR-01'],
  bases: ['memory'],
  mutate: (adapter) =>
    replaceStore(adapter, 'streams', (store) => ({
      ...store,
      create: async (stream) => {
        try {
          return await store.create(stream);
        } catch (error) {
          if (codeOf(error) !== 'ALREADY_EXISTS') throw error;
          throw new StorageError('UNAVAILABLE', 'duplicate key value violates unique constraint', {
            cause: error,
          });
        }
      },
    })),
};

export const badIdUnavailable: Mutant = {
  name: 'bad-id-unavailable',
  origin: 'The lock server refuses an id that cannot be a key, and that counts as its failure.',
  clauses: ['LOCK-11'],
  bases: ['memory'],
  mutate: (adapter) =>
    replaceLock(adapter, (id, callback, options) => {
      if (typeof id === 'string' && id.includes('\0'))
        return Promise.reject(new StorageError('UNAVAILABLE', 'ERR Protocol error: invalid bulk length'));
      return lockOf(adapter)(id, callback, options);
    }),
};
