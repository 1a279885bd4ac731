/** A second connection pool, for variants that lock or write outside of the reference. */
import type { Pool } from 'pg';
import type { StorageAdapter } from '../contract/index.ts';
import { loadDriver } from '../postgres/driver.ts';
import { extend, type Seed } from './mutant.ts';

/** The connection that the target of the reference passes to its instances. */
interface Connection {
  readonly url: string;
  readonly pooled?: string;
  readonly max?: number;
}

/** The longest wait for a lock, in milliseconds: the same as in the reference. */
const LOCK_TIMEOUT_MS = 10_000;
/**
 * The longest wait for an answer behind a pooler, in milliseconds. It is limited because an instance must be able to
 * close.
 */
const POOLED_TIMEOUT_MS = 3_000;

/** The default of the driver. */
const DEFAULT_CONNECTIONS = 10;

/** `connections`: the size of the pool, unless the environment sets one. */
export async function openPool({ options }: Seed, connections: number = DEFAULT_CONNECTIONS): Promise<Pool> {
  const { Pool } = await loadDriver();
  const { url, pooled, max = connections } = options.connection as unknown as Connection;
  // Poolers refuse settings that are sent when a connection is opened.
  const pool = new Pool(
    pooled === undefined
      ? { max, connectionString: url, lock_timeout: LOCK_TIMEOUT_MS }
      : { max, connectionString: pooled, query_timeout: POOLED_TIMEOUT_MS },
  );
  pool.on('error', () => undefined);
  return pool;
}

/** `adapter`, which also ends the pool when it is closed. It may be closed several times. */
export function closingPool(adapter: StorageAdapter, pool: Pool): StorageAdapter {
  let ended: Promise<void> | undefined;
  return extend(adapter, {
    close: async () => {
      ended ??= pool.end();
      await Promise.all([adapter.close(), ended]);
    },
  });
}
