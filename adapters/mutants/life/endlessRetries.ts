/** Refusals that will come each time, with a code that asks to try again. */
import { codeOf, StorageError } from '../../contract/index.ts';
import { lockOf, replaceLock, type Mutant } from '../mutant.ts';
import { replaceStore } from '../stores.ts';

export const duplicateUnavailable: Mutant = {
  name: 'duplicate-unavailable',
  origin:
    'Every error of the driver becomes 503, a violated unique key too: the client creates again for ever.',
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
  origin: 'An id that cannot be a key is refused by the lock server, and that counts as its failure.',
  clauses: ['LOCK-11'],
  bases: ['memory'],
  mutate: (adapter) =>
    replaceLock(adapter, (id, callback, options) => {
      if (typeof id === 'string' && id.includes('\0'))
        return Promise.reject(new StorageError('UNAVAILABLE', 'ERR Protocol error: invalid bulk length'));
      return lockOf(adapter)(id, callback, options);
    }),
};
