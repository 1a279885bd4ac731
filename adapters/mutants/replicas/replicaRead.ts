import type { StorageAdapter } from '../../contract/index.ts';
import { extend, type Mutant } from '../mutant.ts';
import { connectionTo, connectionToPrimary, replicaOf } from './servers.ts';

/** `stores` with the reads of `reader`, at any depth. Sections stay unchanged. */
function readFrom<T extends object>(stores: T, reader: T): T {
  const changed = Object.entries(stores).map(([name, member]: [string, unknown]) => {
    const other = (reader as Record<string, unknown>)[name];
    if (typeof member === 'object' && member !== null) return [name, readFrom(member, other as object)];
    return [name, ['get', 'list', 'scan'].includes(name) ? other : member];
  });
  return Object.fromEntries(changed) as T;
}

/** Reads outside of sections go to the replica, everything else to the primary. */
export const replicaRead: Mutant = {
  name: 'replica-read',
  origin:
    'A pool or proxy that splits reads from writes: SELECT goes to a replica, which has not yet replayed the acknowledged write.',
  clauses: ['X-02'],
  bases: ['postgres'],
  // The reference checks every connection, and would refuse the replica.
  rewrite: (sql) => sql.replace('SELECT pg_is_in_recovery()', 'SELECT false'),
  mutate: async (adapter, seed) => {
    const replica = replicaOf(seed);
    if (replica === undefined) return adapter;
    const writer = await seed.another(connectionToPrimary(seed));
    const reader = await seed.another(connectionTo(seed, [replica]));
    const read = <K extends keyof StorageAdapter>(name: K): Pick<StorageAdapter, K> =>
      ({ [name]: readFrom(writer[name] as object, reader[name] as object) }) as Pick<StorageAdapter, K>;
    return extend(writer, {
      ...read('streamRepository'),
      ...read('idempotencyStore'),
      ...read('exportRepository'),
      close: () => Promise.all([reader, writer, adapter].map((one) => one.close())).then(() => undefined),
    });
  },
};
