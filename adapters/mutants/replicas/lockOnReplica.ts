import { randomUUID } from 'node:crypto';
import { loadDriver } from '../../postgres/driver.ts';
import { extend, lockOf, replaceLock, type Mutant } from '../mutant.ts';
import { connectionToPrimary, replicaOf } from './servers.ts';

/** The lock is taken on the server that the instance was given, but the section runs on the primary. */
export const lockOnReplica: Mutant = {
  name: 'lock-on-replica',
  origin:
    'The lock uses the endpoint that the service was configured with, which has been a replica since the failover: advisory locks can be taken there, but nobody on the primary sees them.',
  clauses: ['X-03'],
  bases: ['postgres'],
  mutate: async (adapter, seed) => {
    const replica = replicaOf(seed);
    if (replica === undefined) return adapter;
    const { Pool } = await loadDriver();
    const locks = new Pool({ connectionString: replica });
    locks.on('error', () => undefined);
    const worker = await seed.another(connectionToPrimary(seed));
    const locking = replaceLock(worker, async (id, callback, options) => {
      const client = await locks.connect();
      try {
        await client.query('BEGIN');
        await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [id]);
        return await lockOf(worker)(`${id}-${randomUUID()}`, callback, options);
      } finally {
        await client.query('COMMIT').finally(() => client.release());
      }
    });
    return extend(locking, {
      close: () => Promise.all([worker.close(), adapter.close(), locks.end()]).then(() => undefined),
    });
  },
};
