/** Whether connections to a URL share the server's sessions, as they do behind a pooler in transaction mode. */
import type { Client } from 'pg';
import { loadDriver } from '../driver.ts';

/** As many transactions are opened beside the first connection: one of them is given its session, or waits for one. */
const OTHERS = 24;
/** How long a transaction may take to begin before it is taken to wait for a session, in milliseconds. */
const WAIT_MS = 2_000;

/**
 * A connection that is in no transaction owns its session all the same, unless a pooler stands between: that gives it to
 * another connection, or gives nothing as long as others have them all.
 */
export async function sharesSessions(url: string, first: Client): Promise<boolean> {
  const own = await backendOf(first);
  const others: Client[] = [];
  try {
    for (let count = 0; count < OTHERS; count += 1) {
      const other = await connected(url);
      if (other === undefined) return false;
      others.push(other);
      const begun = await begin(other);
      if (begun === own || begun === undefined) return true;
    }
    return false;
  } finally {
    await Promise.all(others.map((client) => client.end().catch(() => undefined)));
  }
}

/** undefined: there is no connection left, which says nothing of sessions. */
async function connected(url: string): Promise<Client | undefined> {
  const { Client } = await loadDriver();
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: WAIT_MS,
    query_timeout: WAIT_MS,
  });
  client.on('error', () => undefined);
  return await client.connect().then(
    () => client,
    () => undefined,
  );
}

/** The session of a new transaction; undefined: it was not given one. */
async function begin(client: Client): Promise<number | undefined> {
  try {
    await client.query('BEGIN');
    return await backendOf(client);
  } catch {
    return undefined;
  }
}

async function backendOf(client: Client): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return rows[0]?.pid;
}
