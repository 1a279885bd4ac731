/**
 * What an adapter declares about itself. A declared capability switches clauses on, and they are then never
 * skipped. If a capability is not declared, clauses test its absence where that can be observed.
 */

export const DURABILITIES = ['process-crash', 'storage-crash'] as const;
export type Durability = (typeof DURABILITIES)[number];

export interface Capabilities {
  /** Whether instances of different processes share records and locks. Default false. If false, only one process is tested. */
  readonly crossInstance: boolean;
  /** Which crashes acknowledged writes survive. Default false. If false, durability is not claimed and not tested. */
  readonly durable: false | Durability;
  /** Whether a callback's writes commit together or not at all. Default false. If false, rollback is not expected. */
  readonly atomic: boolean;
  /** Whether `view.fence` grows with every acquisition and writes are checked against it. Default false. If false, writes of a superseded holder need not be refused. */
  readonly fencing: boolean;
  /** Whether `timeoutMs` bounds the wait for a lock. Default false. If false, waits are not bounded. */
  readonly lockTimeout: boolean;
  /** Whether idempotency records expire. Default false. If false, `ttlMs` and `expiresAt` are stored, but nothing expires. */
  readonly ttl: boolean;
  /** Whether `begin`, `finish` and `abandon` exist. Default false. If false, clauses about claims are not-applicable. */
  readonly idempotencyClaims: boolean;
  /** Whether workers can claim export jobs. Default false. If false, only `transition` moves jobs. */
  readonly exportClaims: boolean;
  /** Whether a reader that follows the end of a list of activity misses no later event, even across streams. Such a list may lag behind the oldest open section of the storage, so clauses are checked one at a time. Default false. If false, this holds only for the list of one stream, and lists show written events immediately. */
  readonly tailComplete: boolean;
  /** The longest time in milliseconds until a stream is usable again after its holder died or froze. Default null. If null, no bound is claimed. */
  readonly recoveryMs: number | null;
  /** The connection poolers through which it works, for example `pgbouncer-transaction`. Each needs an environment of that name in the target. Default none. If none, no pooler is tested. */
  readonly poolers: readonly string[];
  /** Whether it can be opened with replicas next to the primary, and may read from them. Default false. If false, clauses about replicas are not-applicable. */
  readonly replicas: boolean;
}

export const DEFAULT_CAPABILITIES: Capabilities = {
  crossInstance: false,
  durable: false,
  atomic: false,
  fencing: false,
  lockTimeout: false,
  ttl: false,
  idempotencyClaims: false,
  exportClaims: false,
  tailComplete: false,
  recoveryMs: null,
  poolers: [],
  replicas: false,
};

export type CapabilityName = keyof Capabilities;

/** Whether `capabilities` declares `name`: its value is true, a bound, or a list that is not empty. */
export function declares(capabilities: Capabilities, name: CapabilityName): boolean {
  const value = capabilities[name];
  if (Array.isArray(value)) return value.length > 0;
  return value !== false && value !== null;
}
