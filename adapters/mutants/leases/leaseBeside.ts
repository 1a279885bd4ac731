/**
 * Leases in a separate table. Sections run in the reference, each under a lock that nobody else requests, and the
 * leases decide which section may begin. Everything is correct except for the decision that a mutant changes.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import { StorageError, type LockedView } from '../../contract/index.ts';
import { schemaOf } from '../../postgres/target/namespace.ts';
import { withTable } from '../extraTable.ts';
import { lockOf, replaceLock, type Mutant } from '../mutant.ts';
import { closingPool, openPool } from '../pool.ts';

export interface LeaseDecisions {
  /** The clock by which a lease can be taken over. */
  readonly clock: 'storage' | 'process';
  /**
   * How a holder checks before its commit that it still has the lease: by its row (locked until the commit, or not),
   * by its own clock, or not at all.
   */
  readonly check: 'row' | 'row alone' | 'own clock' | 'nothing';
  /** The condition for the rows that a holder considers its own when it renews. */
  readonly mine: string;
  /** Whether a holder renews its lease while its section runs. Default: true. */
  readonly renews?: boolean;
}

const TABLE = `CREATE TABLE IF NOT EXISTS leases_beside (
    stream_id text PRIMARY KEY, owner uuid, fence bigint NOT NULL, expires_at timestamptz NOT NULL)`;

const LEASE_MS = 3_000;
const RENEW_MS = 1_000;
const LOOK_AGAIN_MS = 5;
const LOCK_TIMEOUT_MS = 10_000;

/** The given time in milliseconds, or the time of the storage. */
const now = (param: string): string => `coalesce(to_timestamp(${param}::float8 / 1000), clock_timestamp())`;
const untilThen = (param: string): string => `${now(param)} + interval '${LEASE_MS} milliseconds'`;

export function leaseBeside(
  decisions: LeaseDecisions,
): Pick<Mutant, 'bases' | 'capabilities' | 'mutate' | 'rewrite'> {
  return {
    bases: ['postgres'],
    capabilities: { fencing: true },
    rewrite: (sql) => withTable(sql, TABLE),
    mutate: async (adapter, seed) => {
      const pool = await openPool(seed);
      const table = `"${schemaOf(seed.options.namespace)}".leases_beside`;
      const locking = replaceLock(
        adapter,
        async (id, callback, { timeoutMs = LOCK_TIMEOUT_MS, ...options } = {}) => {
          const lease = await Lease.acquire({ pool, table, id, decisions }, timeoutMs);
          try {
            const locked = async (view: LockedView): Promise<Awaited<ReturnType<typeof callback>>> => {
              const result = await callback({ ...view, fence: lease.fence });
              await lease.keep();
              return result;
            };
            return await lockOf(adapter)(`${id}-${lease.owner}`, locked, options);
          } finally {
            await lease.release();
          }
        },
      );
      return closingPool(locking, pool);
    },
  };
}

interface LeaseOptions {
  readonly pool: Pool;
  readonly table: string;
  readonly id: string;
  readonly decisions: LeaseDecisions;
}

class Lease {
  readonly owner: string;
  readonly fence: bigint;
  readonly #options: LeaseOptions;
  readonly #renewing: NodeJS.Timeout | undefined;
  #until = Date.now() + LEASE_MS;
  /**
   * The connection that locks the row until the section has committed, so that nobody can take the lease over
   * meanwhile.
   */
  #keeper: PoolClient | undefined;

  private constructor(options: LeaseOptions, owner: string, fence: bigint) {
    this.#options = options;
    this.owner = owner;
    this.fence = fence;
    if (options.decisions.renews === false) return;
    this.#renewing = setInterval(() => void this.#renew(options.pool).catch(() => false), RENEW_MS);
  }

  static async acquire(options: LeaseOptions, timeoutMs: number): Promise<Lease> {
    const { pool, table, id, decisions } = options;
    const owner = randomUUID();
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const { rows } = await pool.query<{ readonly fence: string }>(
        `INSERT INTO ${table} AS stored (stream_id, owner, fence, expires_at) VALUES ($1, $2, 1, ${untilThen('$3')})
        ON CONFLICT (stream_id) DO UPDATE SET owner = $2, fence = stored.fence + 1, expires_at = ${untilThen('$3')}
        WHERE stored.owner IS NULL OR stored.expires_at <= ${now('$3')} RETURNING fence`,
        [id, owner, timeOf(decisions)],
      );
      if (rows[0] !== undefined) return new Lease(options, owner, BigInt(rows[0].fence));
      if (performance.now() >= deadline)
        throw new StorageError('LOCK_TIMEOUT', `Expected the lease of "${id}" within ${timeoutMs} ms.`);
      await sleep(LOOK_AGAIN_MS);
    }
  }

  /** Called before the commit. Rejects with LOCK_LOST. */
  async keep(): Promise<void> {
    clearInterval(this.#renewing);
    const { pool, id, decisions } = this.#options;
    if (decisions.check === 'nothing') return;
    if (decisions.check === 'own clock' && Date.now() < this.#until) return;
    if (decisions.check === 'row alone' && (await this.#renew(pool))) return;
    if (decisions.check === 'row') {
      this.#keeper ??= await pool.connect();
      await this.#keeper.query('BEGIN');
      if (await this.#renew(this.#keeper)) return;
    }
    throw new StorageError('LOCK_LOST', `The lease of "${id}" was taken over.`);
  }

  async release(): Promise<void> {
    clearInterval(this.#renewing);
    const { pool, table, id } = this.#options;
    await this.#keeper?.query('COMMIT');
    this.#keeper?.release();
    await pool.query(`UPDATE ${table} SET owner = NULL WHERE stream_id = $1 AND owner = $2`, [
      id,
      this.owner,
    ]);
  }

  /** Returns whether the lease still belongs to this holder. */
  async #renew(connection: Pool | PoolClient): Promise<boolean> {
    const { table, id, decisions } = this.#options;
    const time = timeOf(decisions);
    const { rowCount } = await connection.query(
      `UPDATE ${table} SET expires_at = ${untilThen('$3')} WHERE stream_id = $1 AND $2::uuid IS NOT NULL AND ${decisions.mine}`,
      [id, this.owner, time],
    );
    if (rowCount === 1 && time !== null) this.#until = time + LEASE_MS;
    return rowCount === 1;
  }
}

/** In milliseconds since 1970. Null: the time of the storage. */
function timeOf({ clock }: LeaseDecisions): number | null {
  return clock === 'process' ? Date.now() : null;
}
