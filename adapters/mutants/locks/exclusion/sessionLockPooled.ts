import { randomUUID } from 'node:crypto';
import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';
import { closingPool, openPool } from '../../pool.ts';

/**
 * One client takes a session-level lock and releases it in a finally block. This is correct on a connection of its
 * own. With a pooler in transaction mode, lock and unlock may reach different sessions.
 */
export const sessionLockPooled: Mutant = {
  name: 'session-lock-pooled',
  origin:
    'pg_advisory_lock and pg_advisory_unlock on one client, deployed behind PgBouncer: migration tools and job queues warn of this.',
  clauses: ['LOCK-10'],
  bases: ['postgres'],
  mutate: async (adapter, seed) => {
    const pool = await openPool(seed);
    const locking = replaceLock(adapter, async (id, callback, options) => {
      const client = await pool.connect();
      let failed = true;
      try {
        await client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [id]);
        failed = false;
        return await lockOf(adapter)(`${id}-${randomUUID()}`, callback, options);
      } finally {
        if (!failed) await client.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [id]);
        client.release(failed);
      }
    });
    return closingPool(locking, pool);
  },
};
