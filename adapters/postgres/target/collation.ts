/** A second database of a server that lockstep started, whose text is ordered by its bytes. */
import { loadDriver } from '../driver.ts';

const NAME = 'lockstep_c_collation';

/** Makes it, and resolves with its URL. It goes with its server. */
export async function createByteOrderDatabase(url: string): Promise<string> {
  const { Client } = await loadDriver();
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(
      `CREATE DATABASE ${NAME} TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C'`,
    );
  } finally {
    await client.end().catch(() => undefined);
  }
  const database = new URL(url);
  database.pathname = `/${NAME}`;
  return database.href;
}
