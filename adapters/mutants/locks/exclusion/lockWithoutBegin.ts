import { randomUUID } from 'node:crypto';
import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';
import { closingPool, openPool } from '../../pool.ts';

/** The lock that ends with its transaction is taken outside of one, and is free again when it has been granted. */
export const lockWithoutBegin: Mutant = {
  name: 'lock-without-begin',
  origin: 'pool.query("SELECT pg_advisory_xact_lock(…)") stands before BEGIN instead of behind it.',
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
