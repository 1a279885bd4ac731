/** A store of StreamPay's shape that keeps the contract: Maps that copy, a lock that knows its holders, one clock. */
import { AsyncLocalStorage } from 'node:async_hooks';
import {
  compareTimestamps,
  StorageError,
  timestampOf,
  type Clock,
  type IdempotencyRecord,
} from '../../contract/index.ts';
import type { AppendOnlyStore, KeyValueStore, PersistenceStore } from '../store.ts';

/** A Map that shares no object with its callers. */
class CopyingMap<V> implements KeyValueStore<V> {
  readonly #values = new Map<string, V>();
  readonly #isLive: (value: V) => boolean;

  constructor(isLive: (value: V) => boolean = () => true) {
    this.#isLive = isLive;
  }

  get(key: string): V | undefined {
    const value = this.#values.get(key);
    return value === undefined || !this.#isLive(value) ? undefined : structuredClone(value);
  }

  set(key: string, value: V): void {
    this.#values.set(key, structuredClone(value));
  }

  delete(key: string): boolean {
    return this.#values.delete(key);
  }

  values(): V[] {
    return structuredClone([...this.#values.values()]);
  }
}

class CopyingLog<V> implements AppendOnlyStore<V> {
  readonly #values: V[] = [];

  push(value: V): void {
    this.#values.push(structuredClone(value));
  }

  some(matches: (value: V) => boolean): boolean {
    return this.#values.some(matches);
  }

  toArray(): V[] {
    return structuredClone(this.#values);
  }
}

/** Locks in the order of the calls. Asked for by their own holder, they say so. */
class Locks {
  readonly #tails = new Map<string, Promise<unknown>>();
  readonly #held = new AsyncLocalStorage<ReadonlySet<string>>();

  async run<T>(id: string, callback: () => Promise<T>): Promise<T> {
    const held = this.#held.getStore() ?? new Set<string>();
    if (held.has(id)) throw new StorageError('LOCK_REENTRANT', `Expected a lock that is not held: ${id}.`);
    const before = this.#tails.get(id);
    const section = (async () => {
      await before;
      return this.#held.run(new Set([...held, id]), callback);
    })();
    const tail = section.then(
      () => undefined,
      () => undefined,
    );
    this.#tails.set(id, tail);
    try {
      return await section;
    } finally {
      if (this.#tails.get(id) === tail) this.#tails.delete(id);
    }
  }
}

export function createCorrectStore(clock: Clock): PersistenceStore {
  const locks = new Locks();
  const isLive = ({ expiresAt }: IdempotencyRecord): boolean =>
    expiresAt === undefined || compareTimestamps(expiresAt, timestampOf(clock)) > 0;
  return {
    streams: new CopyingMap(),
    users: new CopyingMap(),
    activity: new CopyingLog(),
    idempotency: new CopyingMap(isLive),
    exportJobs: new CopyingMap(),
    exportAudit: new CopyingLog(),
    withLock: (id, callback) => locks.run(id, callback),
  };
}
