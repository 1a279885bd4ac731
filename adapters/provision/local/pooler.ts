/** Starts PgBouncer in front of a server, if it is installed on this machine. */
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { StorageError } from '../../contract/index.ts';
import { loadDriver } from '../../postgres/driver.ts';
import { startLocalServer, type LocalServer } from './localServer.ts';
import type { Upstream } from './runDirectory.ts';
import { redact } from '../serverUrl.ts';

export const PGBOUNCER_MISSING =
  'PgBouncer is not installed. Install it (apt-get install pgbouncer, brew install pgbouncer) and try again.';

/**
 * Where packages install PgBouncer apart from the folders of PATH. The PATH of normal users often lacks these folders.
 */
const SYSTEM_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin'];

/** The path of the program. Undefined: it is not installed. */
export async function findPgBouncer(): Promise<string | undefined> {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const folder of [...folders, ...SYSTEM_FOLDERS]) {
    const program = join(folder, 'pgbouncer');
    const isThere = await access(program, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return program;
  }
  return undefined;
}

/**
 * Starts `program` in transaction mode in front of the server at `url`, on a random loopback port and with a password
 * of its own. See startLocalServer. Errors: UNAVAILABLE.
 */
export async function startPooler(program: string, url: string): Promise<LocalServer> {
  try {
    return await startLocalServer({ kind: 'pgbouncer', program, upstream: await upstreamOf(url) });
  } catch (error) {
    throw new StorageError(
      'UNAVAILABLE',
      `Expected ${program} to start in front of ${redact(url)}, but ${(error as Error).message}.`,
      { cause: error },
    );
  }
}

/** Fields of pg's Client that contain the parsed URL. The types of pg do not have them. */
interface Known {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string | null | undefined;
  readonly ssl: unknown;
}

async function upstreamOf(url: string): Promise<Upstream> {
  const { Client } = await loadDriver();
  // The client is only created to parse the URL. It never connects.
  const known = new Client({ connectionString: url }) as unknown as Known;
  const { host, port, database, user, password, ssl } = known;
  return { host, port, database, user, password: password ?? null, tls: Boolean(ssl) };
}
