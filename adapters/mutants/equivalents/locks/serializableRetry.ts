import { AsyncLocalStorage } from 'node:async_hooks';
import { isStorageError } from '../../../contract/index.ts';
import { lockOf, replaceLock, type Equivalent } from '../../mutant.ts';
import { withLockRows } from '../../otherLock.ts';

/** How often a section is run before its caller hears of it. */
const MAX_ATTEMPTS = 100;
/** What PostgreSQL answers to a transaction that should be run again: a serialization failure, a deadlock. */
const AGAIN: readonly unknown[] = ['40001', '40P01'];

/** Within a section, where a failure of the transaction is that of the outermost section. */
const inside = new AsyncLocalStorage<true>();

/**
 * No lock: each section counts its stream's row up in a SERIALIZABLE transaction. Whoever waited for the row fails
 * when it was changed, and runs again as a whole.
 */
export const serializableRetry: Equivalent = {
  name: 'serializable-retry',
  reason:
    'Of two sections that count one row up, one commits and the other fails; what fails has changed nothing.',
  bases: ['postgres'],
  rewrite: (sql) =>
    withLockRows(
      sql.includes('pg_advisory_xact_lock')
        ? sql.replace('ISOLATION LEVEL READ COMMITTED', 'ISOLATION LEVEL SERIALIZABLE')
        : sql,
      (table, key) =>
        `INSERT INTO ${table} AS row (key) VALUES (${key}) ON CONFLICT (key) DO UPDATE SET grants = row.grants + 1`,
    ),
  mutate: (adapter) =>
    replaceLock(adapter, async (id, callback, options = {}) => {
      const within: typeof callback = (view) => inside.run(true, () => callback(view));
      if (inside.getStore() !== undefined) return lockOf(adapter)(id, within, options);
      const { timeoutMs, ...rest } = options;
      const deadline = performance.now() + (timeoutMs ?? 0);
      for (let attempt = 1; ; attempt += 1) {
        const leftMs = Math.max(1, Math.ceil(deadline - performance.now()));
        try {
          return await lockOf(adapter)(
            id,
            within,
            timeoutMs === undefined ? rest : { ...rest, timeoutMs: leftMs },
          );
        } catch (error) {
          if (
            attempt === MAX_ATTEMPTS ||
            !isStorageError(error) ||
            !AGAIN.includes(error.details['sqlState'])
          )
            throw error;
        }
      }
    }),
};
