/** A pool of connections beside the reference's, for variants that lock or write past it. */
import type { Pool } from 'pg';
import { loadDriver } from '../postgres/driver.ts';
import type { Seed } from './mutant.ts';

/** Longest wait for a lock on it, in milliseconds: as long as the reference's. */
const LOCK_TIMEOUT_MS = 10_000;
/** Longest wait for an answer behind a pooler, in milliseconds: an instance must be able to close. */
const POOLED_TIMEOUT_MS = 3_000;

export async function openPool({ options }: Seed): Promise<Pool> {
  const { Pool } = await loadDriver();
  const { url, pooled } = options.connection as { readonly url: string; readonly pooled?: string };
  // Poolers refuse settings that are sent with the connection request.
  const pool = new Pool(
    pooled === undefined
      ? { connectionString: url, lock_timeout: LOCK_TIMEOUT_MS }
      : { connectionString: pooled, query_timeout: POOLED_TIMEOUT_MS },
  );
  pool.on('error', () => undefined);
  return pool;
}
