/** Finds out whether a connection pooler answers instead of the server itself, and which one. */
import type { Client } from 'pg';
import { loadDriver } from '../driver.ts';
import type { ResolvedOptions } from '../options.ts';
import { sharesSessions } from './sharedSessions.ts';

/** How long to wait for the pooler's name, in milliseconds. */
const NAME_MS = 2_000;
/** The database in which PgBouncer answers queries about itself. */
const ADMIN_DATABASE = 'pgbouncer';

/** What a session reports about itself. */
export interface Session {
  readonly backend: number;
  readonly lock_timeout: string;
  readonly statement_timeout: string;
}

export const SESSION_COLUMNS = `pg_backend_pid() AS backend,
  (SELECT setting FROM pg_settings WHERE name = 'lock_timeout') AS lock_timeout,
  (SELECT setting FROM pg_settings WHERE name = 'statement_timeout') AS statement_timeout`;

/** What is between `client` and the server, and how this was noticed. Undefined: nothing that matters. */
export async function poolerBefore(
  url: string,
  client: Client,
  session: Session,
  asked: ResolvedOptions,
): Promise<string | undefined> {
  // The process id that the server reports equals the one that the driver received, unless something in between answers
  // for the server.
  const { processID } = client as unknown as { readonly processID: number | null };
  if (processID === session.backend) return undefined;
  if (
    session.lock_timeout !== String(asked.lockTimeoutMs) ||
    session.statement_timeout !== String(asked.statementTimeoutMs)
  )
    return await described(url, 'It drops the settings that a session asks for when it connects');
  if (await sharesSessions(url, client))
    return await described(url, 'Clients share sessions, as in the modes "transaction" and "statement"');
  return undefined;
}

/**
 * The same for an error at connecting. Undefined: the error is from the server itself, or there was no answer at all.
 */
export async function poolerThatRefused(url: string, error: unknown): Promise<string | undefined> {
  const { severity, routine, message } = error as { severity?: string; routine?: string; message: string };
  // PostgreSQL adds to every error of its own the place in its source code.
  if (severity === undefined || routine !== undefined) return undefined;
  return await described(url, `It refuses the connection: ${message}`, /startup parameter/.test(message));
}

async function described(url: string, how: string, isPgBouncer = false): Promise<string> {
  const name = (await nameOf(url)) ?? (isPgBouncer ? 'PgBouncer' : undefined);
  const who = name === undefined ? 'a connection pooler (like PgBouncer)' : `${name}, a connection pooler,`;
  return `answered by itself, but ${who} stands before it. ${how}. Give the direct URL of the server, past the pooler; LOCK-10 checks what an adapter does behind one, with a PgBouncer that lockstep starts`;
}

/** `PgBouncer 1.18.0` or `PgBouncer`. Undefined: another pooler, or one that does not tell. Never rejects. */
async function nameOf(url: string): Promise<string | undefined> {
  const { Client } = await loadDriver();
  const admin = new URL(url);
  admin.pathname = `/${ADMIN_DATABASE}`;
  const client = new Client({
    connectionString: admin.href,
    connectionTimeoutMillis: NAME_MS,
    query_timeout: NAME_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ version?: string }>('SHOW VERSION');
    const version = rows[0]?.version;
    return version?.startsWith('PgBouncer') === true ? version : undefined;
  } catch (error) {
    // PgBouncer's answer to a user who is not its administrator.
    return (error as Error).message === 'not allowed' ? 'PgBouncer' : undefined;
  } finally {
    await client.end().catch(() => undefined);
  }
}
