import { StorageError } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { replaceIdempotency } from '../stores.ts';

/** The insert notices an existing token before the transaction does, so the section is not ended. */
export const failedInsertLives: Mutant = {
  name: 'failed-insert-lives',
  origin:
    'if (await get(token)) throw new AlreadyExists() in the store: a callback that swallows the error commits the payment.',
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
