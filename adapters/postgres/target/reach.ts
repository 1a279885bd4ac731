/** Checks the server that a URL names, and describes clearly what is wrong with it. */
import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { isStorageError, StorageError, type Json } from '../../contract/index.ts';
import { loadDriver } from '../driver.ts';
import { resolveOptions, type ResolvedOptions } from '../options.ts';
import { settingsAtConnect } from '../connection/servers.ts';
import { poolerBefore, poolerThatRefused, SESSION_COLUMNS, type Session } from './recognizePooler.ts';
import { redact } from '../../provision/serverUrl.ts';
import { parseWhere, problemOfWhere, WHERE } from '../../provision/where.ts';

/** How long to wait for a connection and for an answer, in milliseconds. */
const TIMEOUT_MS = 10_000;
const OLDEST_VERSION = 140_000;

const LOOK = `SELECT version() AS version, current_setting('server_version_num')::int AS number,
  current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS synchronous_commit,
  current_setting('max_connections')::int AS max_connections, current_setting('server_encoding') AS encoding,
  pg_is_in_recovery() AS is_replica, current_setting('transaction_read_only') = 'on' AS is_read_only,
  ${SESSION_COLUMNS}, pg_postmaster_start_time()::text AS running_since, has_database_privilege(current_database(), 'CREATE') AS can_create,
  to_jsonb(d) AS database FROM pg_database AS d WHERE datname = current_database()`;

interface Look extends Session {
  readonly version: string;
  readonly number: number;
  readonly fsync: string;
  readonly synchronous_commit: string;
  readonly max_connections: number;
  readonly encoding: string;
  readonly is_replica: boolean;
  readonly is_read_only: boolean;
  readonly running_since: string;
  readonly can_create: boolean;
  readonly database: Readonly<Record<string, unknown>>;
}

/**
 * Versions and settings of the server at `url`, for the report. Errors: UNAVAILABLE if it cannot be reached or lacks
 * what the adapter needs.
 */
export async function reach(url: string): Promise<Json> {
  return await looking(url, async (look) => environmentOf(look));
}

/**
 * Checks that the server at `url` can be read and written: creates a table, writes a row and drops the table, in one
 * transaction. Resolves to the time since when the server runs. Errors: UNAVAILABLE, with what is wrong.
 */
export async function checkStorage(url: string): Promise<string> {
  return await looking(url, async (look, client) => {
    const schema = `lockstep_check_${randomUUID().replaceAll('-', '')}`;
    await client.query(
      `CREATE SCHEMA ${schema}; CREATE TABLE ${schema}.written AS SELECT 1 AS row; DROP SCHEMA ${schema} CASCADE`,
    );
    return look.running_since;
  });
}

async function looking<T>(url: string, use: (look: Look, client: Client) => Promise<T>): Promise<T> {
  if (parseWhere(url)?.kind !== 'url') {
    throw new StorageError('UNAVAILABLE', `Expected ${WHERE}; ${problemOfWhere(url)}.`);
  }
  const asked = resolveOptions({ connectionString: url, schema: 'public' });
  const client = await connected(url, asked);
  try {
    const { rows } = await client.query<Look>(LOOK);
    const look = rows[0] as Look;
    const problem = problemOf(look) ?? (await poolerBefore(url, client, look, asked));
    if (problem !== undefined) throw unavailable(problem, url);
    return await use(look, client);
  } catch (error) {
    throw isStorageError(error) ? error : unavailable(`could be reached, but ${reasonOf(error)}`, url, error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Errors: UNAVAILABLE. */
async function connected(url: string, asked: ResolvedOptions): Promise<Client> {
  const { Client } = await loadDriver();
  let client: Client | undefined;
  try {
    client = new Client({
      connectionString: url,
      // Connect like instances do, so that a setting that is not available is noticed here.
      ...settingsAtConnect(asked),
      connectionTimeoutMillis: TIMEOUT_MS,
      query_timeout: TIMEOUT_MS,
    });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  } catch (error) {
    await client?.end().catch(() => undefined);
    const pooler = await poolerThatRefused(url, error);
    throw unavailable(pooler ?? `could be reached, but ${reasonOf(error)}`, url, error);
  }
}

function environmentOf(look: Look): Json {
  const { datcollate, datlocale, daticulocale, datlocprovider } = look.database;
  return {
    version: look.version,
    fsync: look.fsync,
    synchronousCommit: look.synchronous_commit,
    maxConnections: look.max_connections,
    // The name of the column differs between versions. A libc database has neither column.
    collation: String(datlocale ?? daticulocale ?? datcollate),
    collationProvider: PROVIDERS[String(datlocprovider)] ?? 'libc',
  };
}

const PROVIDERS: Readonly<Record<string, string>> = { b: 'builtin', c: 'libc', i: 'icu' };

function problemOf(look: Look): string | undefined {
  if (look.number < OLDEST_VERSION) return `were of version 14 or later, but it is ${look.version}`;
  if (look.is_replica) return 'were a primary, but it is a read-only replica. Name the primary';
  if (look.is_read_only)
    return 'could be written, but its transactions are read-only (default_transaction_read_only = on). ALTER DATABASE name SET default_transaction_read_only = off, the same of the role if it is set there, or name another database';
  if (look.encoding !== 'UTF8')
    return `had the encoding UTF8, but it is ${look.encoding}. Name another database`;
  if (look.synchronous_commit === 'off')
    return 'kept what it acknowledges, but synchronous_commit is off. Set it to on for this role or database';
  if (!look.can_create)
    return 'let this role create schemas, but it may not. GRANT CREATE ON DATABASE to the role, or name another';
  return undefined;
}

function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  if (message?.includes('password must be a string') === true)
    return 'it wants a password, and the URL has none. Write postgresql://user:password@host:port/database; PGPASSWORD and its like are not read';
  switch (code) {
    case 'ECONNREFUSED':
      return 'the connection was refused. Start the server, or use the embedded one';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'its host name cannot be resolved. Check the URL';
    case '28P01':
    case '28000':
      return `it does not let this user in: ${message}. Check user and password in the URL`;
    case '3D000':
      return `${message}. Create the database first`;
    case '53300':
      return `${message}. Close other clients, or raise max_connections`;
    default:
      return `${message || String(code)}. Check the URL`;
  }
}

function unavailable(expected: string, url: string, cause?: unknown): StorageError {
  return new StorageError('UNAVAILABLE', `Expected that PostgreSQL at ${redact(url)} ${expected}.`, {
    cause,
  });
}
