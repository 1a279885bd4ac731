/**
 * The reference adapters on PostgreSQL, on every surface: transaction-scoped advisory locks or leases, and records in
 * the tables of POSTGRES_SCHEMA. Needs PostgreSQL 14 or later, a database in UTF8, and synchronous_commit other than
 * off: an acknowledged write must survive a crash of the server.
 *
 * A section takes two flights to the database, or three by leases: puts of streams, appends to its own stream and replay
 * records wait for the COMMIT and go with it. What they answer is known before.
 *
 * A section inside a section joins its transaction behind a savepoint: it rolls back alone, but its writes commit and
 * its lock is freed with the outermost section. `close` takes the sections that still run with it: they commit
 * nothing.
 *
 * `authority` judges writers in triggers, which are put on the tables when the first epoch is set. A session names its
 * writer in the setting `lockstep.writer`; behind a transaction pooler (preparedStatements: false) `as` is UNSUPPORTED,
 * and writers of no epoch are judged all the same. `set` waits for the writers that were judged before it by a lock, and
 * ends the sessions of those who go on after drainMs: its role must be theirs, or have pg_signal_backend.
 */
import type { Capabilities, StorageAdapter } from '../contract/index.ts';
import { Connections } from './connections.ts';
import { openAdapter } from './open.ts';
import { resolveOptions, type PostgresOptions } from './options.ts';

export type { LockKind, PostgresOptions } from './options.ts';
export { POSTGRES_SCHEMA } from './schema.ts';
export { upgradeSchema, type UpgradeOptions } from './upgrade.ts';
export { startPostgres, type RunningPostgres } from './startPostgres.ts';
export { startSweeper, type Sweeper, type SweeperOptions } from './sweeper.ts';

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
  // idleInTransactionTimeoutMs as it is by default, and what a busy server takes to notice.
  recoveryMs: 15_000,
  // They may stand among the servers that it is given; it uses the primary alone.
  replicas: true,
};

/** With the option lock: 'lease'. */
export const POSTGRES_LEASE_CAPABILITIES: Partial<Capabilities> = {
  ...POSTGRES_CAPABILITIES,
  fencing: true,
  // Of a holder that froze after its first write: idleInTransactionTimeoutMs and a margin. Of any other: leaseMs.
  recoveryMs: 15_000,
};

/**
 * Opens an instance on tables that exist: apply the migrations first. No connection is made before the first call.
 * Throws TypeError for wrong options.
 */
export async function createPostgresAdapter(options: PostgresOptions): Promise<StorageAdapter> {
  return openAdapter(await Connections.open(resolveOptions(options)));
}
