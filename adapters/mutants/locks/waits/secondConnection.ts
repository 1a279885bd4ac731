import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';
import { closingPool, openPool } from '../../pool.ts';

/** More than the number of concurrent holders in any test. */
const CONNECTIONS = 20;

/** A section holds one connection of the pool, and each read needs a second one, for example for a log. */
export const secondConnection: Mutant = {
  name: 'second-connection',
  origin:
    'An audit, a log or a permission check through the pool within the transaction: with as many holders as connections everybody waits forever, but the pool of the tests is large.',
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
