/**
 * Finds out whether connections to a URL share the server's sessions, as they do behind a pooler in transaction mode.
 */
import type { Client } from 'pg';
import { loadDriver } from '../driver.ts';

/**
 * How many transactions are opened after the first connection. Behind a pooler, one of them gets that connection's
 * session, or waits for one.
 */
const OTHERS = 24;
/** A transaction that does not begin within this time is taken to wait for a session, in milliseconds. */
const WAIT_MS = 2_000;

/**
 * A connection keeps its session while it is in no transaction. A pooler instead gives the session to another
 * connection, or makes a new connection wait while others have all sessions.
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

/** Undefined: no connection is left, which says nothing about sessions. */
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

/** The session of a new transaction. Undefined: it got none. */
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
