/** A session for faults, independent of the adapter. */
import type { Client } from 'pg';
import { loadDriver } from '../driver.ts';

export async function withClient<T>(url: string, action: (client: Client) => Promise<T>): Promise<T> {
  const { Client } = await loadDriver();
  const client = new Client({ connectionString: url, application_name: 'lockstep fault' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await action(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
