/**
 * The reference adapters on PostgreSQL, with every surface: locks are transaction-scoped advisory locks or leases, and
 * records are in the tables of {@link POSTGRES_SCHEMA}. They need PostgreSQL 14 or later, a database in UTF8, and
 * synchronous_commit other than off, because an acknowledged write must survive a crash of the server.
 *
 * A section takes two round trips to the database, or three with leases. Puts of streams, appends to the section's own stream
 * and replay records are buffered and sent together with the COMMIT. Their answers are known before that.
 *
 * A nested section joins the transaction of the outer one, behind a savepoint. It rolls back alone, but its writes commit
 * and its lock is released with the outermost section. `close` ends the sections that still run, and they commit
 * nothing.
 *
 * `authority` judges writers in triggers, which are added to the tables when the first epoch is set. A session names its
 * writer in the setting `lockstep.writer`. Behind a transaction pooler (preparedStatements: false) `as` is UNSUPPORTED, but
 * writers that name no epoch are still judged. `set` uses a lock to wait for the writers that were judged before it, and
 * ends the sessions of those that still run after drainMs. Its role must be theirs, or have pg_signal_backend.
 */
import type { Capabilities, StorageAdapter } from '../contract/index.ts';
import { Connections } from './connection/connections.ts';
import { openAdapter } from './open.ts';
import { resolveOptions, type PostgresOptions } from './options.ts';

export type { LockKind, PostgresOptions } from './options.ts';
export { POSTGRES_SCHEMA } from './schema/schema.ts';
export { upgradeSchema, type UpgradeOptions } from './schema/upgrade.ts';
export { startPostgres, type RunningPostgres } from './startPostgres.ts';
export { startSweeper, type Sweeper, type SweeperOptions } from './sweeper.ts';

/** The capabilities that a target of the PostgreSQL adapter with advisory locks declares. */
export const POSTGRES_CAPABILITIES: Partial<Capabilities> = {
  crossInstance: true,
  durable: 'storage-crash',
  atomic: true,
  lockTimeout: true,
  ttl: true,
  idempotencyClaims: true,
  exportClaims: true,
  // With the option preparedStatements: false.
  poolers: ['pgbouncer-transaction'],
  // The default of idleInTransactionTimeoutMs, plus the time that a busy server takes to notice.
  recoveryMs: 15_000,
  // Replicas may be among the given servers. The adapter uses only the primary.
  replicas: true,
};

/** The capabilities with the option `lock: 'lease'`. */
export const POSTGRES_LEASE_CAPABILITIES: Partial<Capabilities> = {
  ...POSTGRES_CAPABILITIES,
  fencing: true,
  // For a holder that froze after its first write: idleInTransactionTimeoutMs and a margin. For any other holder: leaseMs.
  recoveryMs: 15_000,
};

/**
 * Opens an instance on existing tables. Apply the migrations first, with {@link upgradeSchema}. The instance connects on its
 * first call.
 *
 * @throws TypeError for invalid options. The message names each one, and contains no values, because they may be secret.
 *
 * @example
 * ```ts
 * const adapter = await createPostgresAdapter({
 *   connectionString: 'postgresql://app@127.0.0.1:5432/payments',
 *   schema: 'payments',
 * });
 * ```
 */
export async function createPostgresAdapter(options: PostgresOptions): Promise<StorageAdapter> {
  return openAdapter(await Connections.open(resolveOptions(options)));
}
