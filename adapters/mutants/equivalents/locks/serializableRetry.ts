import { AsyncLocalStorage } from 'node:async_hooks';
import { isStorageError } from '../../../contract/index.ts';
import { lockOf, replaceLock, type Equivalent } from '../../mutant.ts';
import { withLockRows } from '../../otherLock.ts';

/** How often a section is run before its caller gets the error. */
const MAX_ATTEMPTS = 100;
/** PostgreSQL's codes for a transaction that should be run again: serialization failure and deadlock. */
const AGAIN: readonly unknown[] = ['40001', '40P01'];

/** Set within a section: a failed transaction must end the outermost section. */
const inside = new AsyncLocalStorage<true>();

/**
 * No lock: each section increments the row of its stream in a SERIALIZABLE transaction. If another section has
 * changed the row during the wait, the whole section fails and runs again.
 */
export const serializableRetry: Equivalent = {
  name: 'serializable-retry',
  reason:
    'Of two sections that increment one row, one commits and the other fails; the failed one has changed nothing.',
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
