/**
 * The store that the bridge takes: StreamPay's own synchronous `PersistenceStore`. Only what the bridge calls is asked
 * for; a store that has more (`has`, `entries`, `forEach`, `clear`, `size`, `length`) fits as it is.
 *
 * The bridge hands records in and out as they are, without copying: whether a caller's later change reaches what is
 * stored is the store's affair, and STREAM-07 finds out.
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
  /** The value under `key`, or undefined. Of records that expire (capability `ttl`): the live one. */
  get(key: string): V | undefined;
  /** Creates or replaces. Called after the record was checked, and for `create` after `get` found nothing. */
  set(key: string, value: V): unknown;
  /** Whether a value was there to delete. */
  delete(key: string): boolean;
  /** Every value, in any order. Read to its end at each list, scan and sweep, before anything is written. */
  values(): Iterable<V>;
}

/** Values that are only added. */
export interface AppendOnlyStore<V> {
  /** Adds one value. Called after `some` found none with its id. */
  push(value: V): unknown;
  /** Whether a value satisfies `matches`. */
  some(matches: (value: V) => boolean): boolean;
  /** Every value, in any order. Read at each list and scan; never changed by the bridge. */
  toArray(): readonly V[];
}

/** Every member is optional: a surface is there if its store is. The surface exports needs both of its stores. */
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
   * Runs `callback` while this caller alone holds the lock of `id`, and resolves with its value or rejects with its
   * error. What the callback writes goes straight to the stores above; a store that declares `atomic` undoes it when
   * the callback rejects.
   */
  withLock?<T>(id: string, callback: () => Promise<T>): Awaitable<T>;
  /**
   * Runs `action`, which looks into the stores above and then writes, as one step: no other process, and no section whose
   * writes are held back, comes between its calls. Not async, and called within a section too. Default: the action
   * alone, which is enough while one process alone uses the store and holds nothing back.
   */
  step?<T>(action: () => T): T;
  /**
   * The time of a new record, later than each that was given before, in whatever process. Called within `step`. Default: the
   * instance's clock, which rises within one process.
   */
  stamp?(): Timestamp;
  /** Awaited once before the store is used: for stores that load first. */
  ready?(): Awaitable<unknown>;
  /**
   * Awaited until everything written so far is stored, for stores that write behind: after each write outside a
   * section, at the end of each section with the lock still held, and by `close`. Must end within seconds.
   */
  drain?(): Awaitable<unknown>;
}
