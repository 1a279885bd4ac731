/** Tokens are marked before their request is executed, and the mark remains after a crash. */
import { StorageError, type NewIdempotencyRecord } from '../../contract/index.ts';
import { schemaOf } from '../../postgres/target/namespace.ts';
import { extend, lockOf, replaceLock, type Mutant } from '../mutant.ts';
import { openPool } from '../pool.ts';

/** The record that is stored until the answer is known. */
const PENDING = { status: 202, body: '{"status":"processing"}' };

/** The record of a running request is replayed like an answer. */
export const pendingReplayed: Mutant = {
  name: 'pending-replayed',
  origin:
    'A row with "processing" is inserted first and completed after the commit. After a crash it stays, and is replayed as the answer.',
  clauses: ['IDEM-09', 'IDEM-12'],
  bases: ['postgres'],
  mutate: async (adapter, seed) => {
    const store = adapter.idempotencyStore;
    if (store === undefined) return adapter;
    const pool = await openPool(seed);
    const table = `"${schemaOf(seed.options.namespace)}".idempotency_keys`;
    const marking = replaceLock(adapter, async (id, callback, options) => {
      const pending: NewIdempotencyRecord[] = [];
      const insert = async (record: NewIdempotencyRecord) => {
        const stored = await store.insert({ ...record, ...PENDING });
        pending.push(record);
        return { ...stored, status: record.status, body: record.body };
      };
      try {
        const result = await lockOf(adapter)(
          id,
          (view) => callback({ ...view, idempotency: { get: (token) => store.get(token), insert } }),
          options,
        );
        for (const { token, status, body } of pending)
          await pool.query(`UPDATE ${table} SET status = $2, body = $3 WHERE token = $1`, [
            token,
            status,
            body,
          ]);
        return result;
      } catch (error) {
        for (const { token } of pending) await store.delete(token);
        throw error;
      }
    });
    return extend(marking, { close: () => pool.end().then(() => adapter.close()) });
  },
};

/** The mark of a running request is removed when the request ends. After a crash, it is never removed. */
export const pendingForever: Mutant = {
  name: 'pending-forever',
  origin:
    'A row says that the token is in progress, and it never expires: after a crash, every repetition is told to try again later.',
  clauses: ['IDEM-09'],
  bases: ['postgres'],
  mutate: (adapter) => {
    const store = adapter.idempotencyStore;
    if (store === undefined) return adapter;
    return replaceLock(adapter, async (id, callback, options) => {
      const mine = new Set<string>();
      const begin = async (token: string): Promise<void> => {
        const mark = `pending-${token}`;
        if (mine.has(mark)) return;
        const fingerprint = '0'.repeat(64);
        const { stored } = await store.putIfAbsent({ token: mark, fingerprint, ...PENDING });
        if (!stored) throw new StorageError('UNAVAILABLE', 'The request is in progress. Try again later.');
        mine.add(mark);
      };
      try {
        return await lockOf(adapter)(
          id,
          (view) => {
            const { idempotency } = view;
            if (idempotency === undefined) return callback(view);
            const get = async (token: string) => {
              const record = await idempotency.get(token);
              if (record === undefined) await begin(token);
              return record;
            };
            return callback({ ...view, idempotency: { ...idempotency, get } });
          },
          options,
        );
      } finally {
        for (const mark of mine) await store.delete(mark);
      }
    });
  },
};
