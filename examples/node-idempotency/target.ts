/**
 * The memory store of node-idempotency behind IdempotencyStore. The package keeps text under a key, stores it if the
 * key is absent, and lets it expire; it cannot delete or list. What it cannot do is UNSUPPORTED here.
 */
import { MemoryStorageAdapter } from '@node-idempotency/storage-adapter-memory';
import {
  decodeScanCursor,
  defineTarget,
  expiryAfter,
  parseToken,
  StorageError,
  timestampOf,
  validateIdempotencyRecord,
  validatePage,
  validateSweepLimit,
  type IdempotencyRecord,
  type IdempotencyStore,
  type NewIdempotencyRecord,
  type StorageAdapter,
  type TargetDefinition,
} from 'lockstep';

/** The store of each namespace: instances in one process share it. */
const namespaces = new Map<string, MemoryStorageAdapter>();

function open(namespace: string): StorageAdapter {
  const store = namespaces.get(namespace) ?? new MemoryStorageAdapter();
  namespaces.set(namespace, store);
  let closed = false;

  function assertOpen(): void {
    if (closed) throw new StorageError('CLOSED', 'Expected an open instance; it was closed. Open another.');
  }

  async function read(token: string): Promise<IdempotencyRecord | undefined> {
    const text = await store.get(token);
    return text === undefined ? undefined : (JSON.parse(text) as IdempotencyRecord);
  }

  /** Whether the record was stored: the package's one step. It takes lifetimes, not times. */
  async function storeIfAbsent(record: IdempotencyRecord): Promise<boolean> {
    const { token, expiresAt } = record;
    const lifetime = expiresAt === undefined ? {} : { ttl: Date.parse(expiresAt) - Date.now() };
    return store.setIfNotExists(token, JSON.stringify(record), lifetime);
  }

  const idempotencyStore: IdempotencyStore = {
    async get(token) {
      assertOpen();
      return read(parseToken(token));
    },
    async insert(given) {
      assertOpen();
      validateIdempotencyRecord(given);
      const record = stamped(given);
      if (await storeIfAbsent(record)) return record;
      const details = { surface: 'idempotency', id: given.token };
      throw new StorageError('ALREADY_EXISTS', `Expected a new token, got ${given.token}.`, { details });
    },
    async putIfAbsent(given) {
      assertOpen();
      validateIdempotencyRecord(given);
      const record = stamped(given);
      if (await storeIfAbsent(record)) return { stored: true, record };
      return { stored: false, existing: (await read(given.token)) as IdempotencyRecord };
    },
    async delete(token) {
      assertOpen();
      parseToken(token);
      throw unsupported('delete');
    },
    async deleteExpired(limit) {
      assertOpen();
      validateSweepLimit(limit);
      throw unsupported('deleteExpired');
    },
    async scan(request) {
      assertOpen();
      validatePage(request);
      if (request.cursor !== undefined) decodeScanCursor(request.cursor);
      throw unsupported('scan');
    },
  };

  async function close(): Promise<void> {
    closed = true;
  }
  return { idempotencyStore, close, [Symbol.asyncDispose]: close };
}

function unsupported(call: string): StorageError {
  return new StorageError(
    'UNSUPPORTED',
    `Expected get, insert or putIfAbsent, got ${call}: the package has none.`,
  );
}

function stamped({ ttlMs, ...given }: NewIdempotencyRecord): IdempotencyRecord {
  const createdAt = given.createdAt ?? timestampOf(Date.now);
  return {
    ...given,
    createdAt,
    ...(ttlMs === undefined ? {} : { expiresAt: expiryAfter(createdAt, ttlMs) }),
  };
}

const target: TargetDefinition = defineTarget({
  name: 'node-idempotency-memory',
  version: '1.0.2',
  capabilities: { ttl: true },
  open: ({ namespace }) => open(namespace),
  destroy: ({ namespace }) => {
    namespaces.delete(namespace);
  },
});

export default target;
