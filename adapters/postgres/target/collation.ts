/** A second database on a server that lockstep started. It sorts text by bytes. */
import { loadDriver } from '../driver.ts';

const NAME = 'lockstep_c_collation';

/** Creates the database and resolves with its URL. The database is removed together with its server. */
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
