/**
 * The store that the bridge takes: StreamPay's own synchronous `PersistenceStore`. The types name only the members that
 * the bridge calls; a store may have more (`has`, `entries`, `forEach`, `clear`, `size`, `length`).
 *
 * The bridge passes records on without copying them. Whether a caller's later change reaches the stored record depends
 * on the store; STREAM-07 finds out.
 */
import type {
  ActivityEvent,
  Awaitable,
  ExportAuditRecord,
  ExportJob,
  IdempotencyRecord,
  StreamRecord,
  Timestamp,
  UserRecord,
} from '../contract/index.ts';

/** Values by key. A `Map` fits. */
export interface KeyValueStore<V> {
  /** The value of `key`, or undefined. If records expire (capability `ttl`), only a live record. */
  get(key: string): V | undefined;
  /** Creates or replaces. Called after the record was checked, and for `create` after `get` found nothing. */
  set(key: string, value: V): unknown;
  /** Deletes the value. Returns whether it existed. */
  delete(key: string): boolean;
  /** Every value, in any order. Each list, scan and sweep reads it to its end before anything is written. */
  values(): Iterable<V>;
}

/** Values that can only be added. */
export interface AppendOnlyStore<V> {
  /** Adds one value. Called after `some` found none with its id. */
  push(value: V): unknown;
  /** Whether any value satisfies `matches`. */
  some(matches: (value: V) => boolean): boolean;
  /** Every value, in any order. Each list and scan reads it. The bridge never changes it. */
  toArray(): readonly V[];
}

/**
 * Every member is optional: an adapter has a surface if its store is present. The surface `exports` needs both of its
 * stores.
 */
export interface PersistenceStore {
  /** By `id`. */
  readonly streams?: KeyValueStore<StreamRecord>;
  /** By `walletAddress`. */
  readonly users?: KeyValueStore<UserRecord>;
  readonly activity?: AppendOnlyStore<ActivityEvent>;
  /** By `token`. */
  readonly idempotency?: KeyValueStore<IdempotencyRecord>;
  /** By `id`. */
  readonly exportJobs?: KeyValueStore<ExportJob>;
  readonly exportAudit?: AppendOnlyStore<ExportAuditRecord>;
  /**
   * Runs `callback` while only this caller holds the lock of `id`. Resolves with its value or rejects with its error.
   * The callback's writes go straight to the stores above. A store that declares `atomic` undoes them if the callback
   * rejects.
   */
  withLock?<T>(id: string, callback: () => Promise<T>): Awaitable<T>;
  /**
   * Runs `action`, which reads from the stores above and then writes, as one step: no other process interferes, and
   * neither does a section whose writes the store holds back. Synchronous, and also called within a section. Default:
   * `action` is simply called, which is enough if only one process uses the store and the store holds nothing back.
   */
  step?<T>(action: () => T): T;
  /**
   * Returns the time of a new record. It is later than every earlier one, in all processes. Called within `step`.
   * Default: the instance's clock, which increases within one process.
   */
  stamp?(): Timestamp;
  /** Awaited once before the store is used: for stores that load first. */
  ready?(): Awaitable<unknown>;
  /**
   * For stores that write later: resolves when everything written so far is stored. Awaited after each write outside a
   * section, at the end of each section while its lock is still held, and by `close`. Must resolve within seconds.
   */
  drain?(): Awaitable<unknown>;
}
