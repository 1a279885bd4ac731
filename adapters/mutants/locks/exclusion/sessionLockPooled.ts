import { randomUUID } from 'node:crypto';
import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';
import { closingPool, openPool } from '../../pool.ts';

/**
 * One client takes the session's lock, and gives it back in a finally block: correct on a connection of its own. A
 * pooler in transaction mode has another session carry out each of the two.
 */
export const sessionLockPooled: Mutant = {
  name: 'session-lock-pooled',
  origin:
    'pg_advisory_lock and pg_advisory_unlock on one client, deployed behind PgBouncer: migration tools and job queues have warned of it for years.',
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
