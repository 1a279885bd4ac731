/** Replaces the pool class of the driver in this process. */
import type { Pool } from 'pg';
import { loadDriver } from '../postgres/driver.ts';

/** Patches the driver permanently, because a host process serves only one variant. */
export async function changePool(change: (pool: typeof Pool) => typeof Pool): Promise<void> {
  const driver = (await loadDriver()) as { Pool: typeof Pool };
  driver.Pool = change(driver.Pool);
}
