/** A pool of connections beside the reference's, for variants that lock or write past it. */
import type { Pool } from 'pg';
import { loadDriver } from '../postgres/driver.ts';
import type { Seed } from './mutant.ts';

/** Longest wait for a lock on it, in milliseconds: as long as the reference's. */
const LOCK_TIMEOUT_MS = 10_000;

export async function openPool({ options }: Seed): Promise<Pool> {
  const { Pool } = await loadDriver();
  const { url } = options.connection as { readonly url: string };
  const pool = new Pool({ connectionString: url, lock_timeout: LOCK_TIMEOUT_MS });
  pool.on('error', () => undefined);
  return pool;
}
