/** Assembles an instance. It is separate from index.ts, whose public types must not mention the driver. */
import type { StorageAdapter } from '../contract/index.ts';
import { advisoryLock } from './locking/advisory.ts';
import { createAuthority, sayingFenced } from './authority/authority.ts';
import { createBulk } from './bulk/bulk.ts';
import type { Connections } from './connection/connections.ts';
import { LeaseLock } from './locking/lease.ts';
import { createSchema } from './schema/schemaState.ts';
import { createSession } from './connection/session.ts';
import { createStores, type Stores } from './records/stores.ts';
import { createWithLock } from './locking/withLock.ts';

/** Opens an instance on connections that the caller may have used before. Closing the adapter closes them. */
export function openAdapter(connections: Connections): StorageAdapter {
  return openOn(connections, createStores(connections.options.schema));
}

function openOn(connections: Connections, stores: Stores, onClose?: () => unknown): StorageAdapter {
  const session = createSession(connections);
  const { options } = connections;
  const lock = options.lock === 'lease' ? new LeaseLock(connections) : advisoryLock(options);
  // The instances for single writers. They are closed with this one.
  const parts = new Set<StorageAdapter>();
  const authority = createAuthority(connections, (writer) => {
    const part: StorageAdapter = openOn(connections.for(writer), stores, () => parts.delete(part));
    parts.add(part);
    return part;
  });
  return {
    streamRepository: {
      streams: stores.streams(session),
      users: stores.users(session),
      activity: stores.activity(session),
      withLock: sayingFenced(createWithLock(connections, stores, lock), authority, connections.writer),
    },
    idempotencyStore: stores.idempotency(session),
    exportRepository: { jobs: stores.jobs(session), audit: stores.audit(session) },
    bulk: createBulk(connections),
    schema: createSchema(options.schema, session),
    authority,
    close() {
      onClose?.();
      return connections.close(async () => {
        await Promise.all([lock.close?.(), ...[...parts].map((part) => part.close())]);
      });
    },
    [Symbol.asyncDispose]() {
      return this.close();
    },
  };
}
