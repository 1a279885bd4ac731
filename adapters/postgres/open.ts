/** Puts the instance together. Apart from index.ts, whose types are public and name nothing of the driver. */
import type { StorageAdapter } from '../contract/index.ts';
import { advisoryLock } from './advisory.ts';
import type { Connections } from './connections.ts';
import { LeaseLock } from './lease.ts';
import { createSchema } from './schemaState.ts';
import { createSession } from './session.ts';
import { createStores } from './stores.ts';
import { createWithLock } from './withLock.ts';

/** An instance on connections that the caller may have used before. They are closed with the adapter. */
export function openAdapter(connections: Connections): StorageAdapter {
  const stores = createStores(connections.options.schema);
  const session = createSession(connections);
  const { options } = connections;
  const lock = options.lock === 'lease' ? new LeaseLock(connections) : advisoryLock(options);
  return {
    streamRepository: {
      streams: stores.streams(session),
      users: stores.users(session),
      activity: stores.activity(session),
      withLock: createWithLock(connections, stores, lock),
    },
    idempotencyStore: stores.idempotency(session),
    exportRepository: { jobs: stores.jobs(session), audit: stores.audit(session) },
    schema: createSchema(options.schema, session),
    close: () => connections.close(() => lock.close?.()),
    [Symbol.asyncDispose]() {
      return this.close();
    },
  };
}
