/** Changes the pool that this process makes its connections with. */
import type { Pool } from 'pg';
import { loadDriver } from '../postgres/driver.ts';

/** Patches the driver of this process, for good: a host process serves one variant. */
export async function changePool(change: (pool: typeof Pool) => typeof Pool): Promise<void> {
  const driver = (await loadDriver()) as { Pool: typeof Pool };
  driver.Pool = change(driver.Pool);
}
