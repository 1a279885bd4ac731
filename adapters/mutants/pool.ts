/** A pool of connections beside the reference's, for variants that lock or write past it. */
import type { Pool } from 'pg';
import type { StorageAdapter } from '../contract/index.ts';
import { loadDriver } from '../postgres/driver.ts';
import { extend, type Seed } from './mutant.ts';

/** What the reference's target hands to its instances. */
interface Connection {
  readonly url: string;
  readonly pooled?: string;
  readonly max?: number;
}

/** Longest wait for a lock on it, in milliseconds: as long as the reference's. */
const LOCK_TIMEOUT_MS = 10_000;
/** Longest wait for an answer behind a pooler, in milliseconds: an instance must be able to close. */
const POOLED_TIMEOUT_MS = 3_000;

/** The driver's. */
const DEFAULT_CONNECTIONS = 10;

/** `connections`: how many it has, where the environment does not say it. */
export async function openPool({ options }: Seed, connections: number = DEFAULT_CONNECTIONS): Promise<Pool> {
  const { Pool } = await loadDriver();
  const { url, pooled, max = connections } = options.connection as unknown as Connection;
  // Poolers refuse settings that are sent with the connection request.
  const pool = new Pool(
    pooled === undefined
      ? { max, connectionString: url, lock_timeout: LOCK_TIMEOUT_MS }
      : { max, connectionString: pooled, query_timeout: POOLED_TIMEOUT_MS },
  );
  pool.on('error', () => undefined);
  return pool;
}

/** `adapter`, which ends the pool when it is closed; both may happen again. */
export function closingPool(adapter: StorageAdapter, pool: Pool): StorageAdapter {
  let ended: Promise<void> | undefined;
  return extend(adapter, {
    close: async () => {
      ended ??= pool.end();
      await Promise.all([adapter.close(), ended]);
    },
  });
}
