import { StorageError } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { replaceIdempotency } from '../stores.ts';

/** A token that is taken is found before the insert, and the section does not learn of it. */
export const failedInsertLives: Mutant = {
  name: 'failed-insert-lives',
  origin:
    'if (await get(token)) throw new AlreadyExists() in the store: a callback that swallows it commits the payment.',
  clauses: ['LOCK-18'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceIdempotency(adapter, (inner) => ({
      insert: async (record) => {
        if ((await inner.get(record.token)) === undefined) return inner.insert(record);
        throw new StorageError('ALREADY_EXISTS', 'Expected a token that is not in use.', {
          details: { surface: 'idempotency', id: record.token },
        });
      },
    })),
};
