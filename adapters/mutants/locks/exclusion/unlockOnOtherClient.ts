import { randomUUID } from 'node:crypto';
import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';
import { closingPool, openPool } from '../../pool.ts';

/** The session-level lock is taken and released with pool.query, each time on any free connection. */
export const unlockOnOtherClient: Mutant = {
  name: 'unlock-on-other-client',
  origin:
    'pool.query("SELECT pg_advisory_lock…") and pool.query("SELECT pg_advisory_unlock…"): the unlock only warns on another connection, and the lock stays.',
  clauses: ['LOCK-01', 'LOCK-09'],
  bases: ['postgres'],
  mutate: async (adapter, seed) => {
    const pool = await openPool(seed);
    const locking = replaceLock(adapter, async (id, callback, options) => {
      await pool.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [id]);
      try {
        return await lockOf(adapter)(`${id}-${randomUUID()}`, callback, options);
      } finally {
        await pool.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [id]);
      }
    });
    return closingPool(locking, pool);
  },
};
