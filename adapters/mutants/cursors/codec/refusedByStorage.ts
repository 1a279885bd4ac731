import { StorageError } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { replaceLists } from '../../stores.ts';

/**
 * The decoder accepts a cursor that the storage then refuses, and every error of the storage counts as its failure.
 */
export const refusedByStorage: Mutant = {
  name: 'cursor-refused-by-storage',
  origin:
    'A cursor with a NUL reaches the database, whose "invalid byte sequence" becomes 503: the client retries forever.',
  clauses: ['CUR-03'],
  bases: ['memory'],
  mutate: (adapter) =>
    replaceLists(adapter, (read) => async (request) => {
      const { cursor } = request;
      if (typeof cursor === 'string' && Buffer.from(cursor, 'base64').includes(0))
        throw new StorageError('UNAVAILABLE', 'invalid byte sequence for encoding "UTF8": 0x00');
      return read(request);
    }),
};
