import { randomUUID } from 'node:crypto';
import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';
import { closingPool, openPool } from '../../pool.ts';

/** A transaction-level lock is taken outside of a transaction, so it is released as soon as it is granted. */
export const lockWithoutBegin: Mutant = {
  name: 'lock-without-begin',
  origin: 'pool.query("SELECT pg_advisory_xact_lock(…)") comes before BEGIN instead of after it.',
  clauses: ['LOCK-01', 'STREAM-04'],
  bases: ['postgres'],
  mutate: async (adapter, seed) => {
    const pool = await openPool(seed);
    const locking = replaceLock(adapter, async (id, callback, options) => {
      await pool.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [id]);
      return lockOf(adapter)(`${id}-${randomUUID()}`, callback, options);
    });
    return closingPool(locking, pool);
  },
};
