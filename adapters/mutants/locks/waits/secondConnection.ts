import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';
import { closingPool, openPool } from '../../pool.ts';

/** More than anybody has holders at once, in a test. */
const CONNECTIONS = 20;

/** A section keeps one connection of the pool, and for each read asks it for another, if only to log it. */
export const secondConnection: Mutant = {
  name: 'second-connection',
  origin:
    'An audit, a log or a permission check through the pool within the transaction: with as many holders as the pool has connections everybody waits forever, and the pool of the tests is a large one.',
  clauses: ['LOCK-14'],
  bases: ['postgres'],
  mutate: async (adapter, seed) => {
    const pool = await openPool(seed, CONNECTIONS);
    const locking = replaceLock(adapter, async (id, callback, options) => {
      const client = await pool.connect();
      try {
        return await lockOf(adapter)(
          id,
          async ({ streams, ...view }) => {
            if (streams === undefined) return callback(view);
            const get: typeof streams.get = async (key) => {
              await pool.query('SELECT 1');
              return streams.get(key);
            };
            return callback({ ...view, streams: { ...streams, get } });
          },
          options,
        );
      } finally {
        client.release();
      }
    });
    return closingPool(locking, pool);
  },
};
