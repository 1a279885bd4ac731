/** Runs PgBouncer in transaction mode in front of a server. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { chown, open, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Account } from './account.ts';
import { freePort, stopServer, type RunningServer } from './cluster.ts';
import { PGBOUNCER_PID_FILE, type Upstream } from './runDirectory.ts';
import { loopbackUrl } from '../loopbackUrl.ts';

/** The user that clients log in as. The pooler logs in to the server as the user of the upstream. */
const USER = 'lockstep';
const DATABASE = 'pooled';

/**
 * The number of connections to the server. It is small, so that clients share connections from the start. If each
 * client had its own, a transaction pooler would keep session state that it must not keep.
 */
const SERVER_CONNECTIONS = 3;

/** How often the pooler is started on another port if it stops at once. */
const START_ATTEMPTS = 5;
/** How often to check whether it listens, and the time between two checks in milliseconds. */
const READY_LOOKS = 500;
const READY_LOOK_MS = 20;

export interface PgBouncerOptions {
  /** The run's directory. The pooler's log is in `pgbouncer.log`. */
  readonly directory: string;
  readonly program: string;
  readonly upstream: Upstream;
  readonly account: Account | undefined;
  /** Aborts a start that is in progress. */
  readonly signal: AbortSignal;
}

/** Starts the pooler on a free port of the loopback interface. Throws Error with the end of its log. */
export async function startPgBouncer(
  options: PgBouncerOptions,
): Promise<RunningServer & { readonly url: string }> {
  const { directory, signal } = options;
  const password = randomBytes(16).toString('hex');
  await write(options, 'users.txt', `"${USER}" "${password}"\n`);
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const process = await launch(options, port);
    if (await isReady(process, port, signal)) {
      return { process, port, url: loopbackUrl(USER, password, port, DATABASE) };
    }
    // Another process may have taken the free port in the meantime.
    if (attempt >= START_ATTEMPTS || signal.aborted) {
      const log = await readFile(join(directory, 'pgbouncer.log'), 'utf8').catch(() => '');
      throw new Error(`PgBouncer did not start: ${log.slice(-2000).trim() || 'it said nothing'}`);
    }
  }
}

/**
 * Uses round robin, so that the statements of a session outside of transactions run on one connection after another, as
 * under high load.
 */
function configuration({ directory, upstream }: PgBouncerOptions, port: number): string {
  const { host, port: upstreamPort, database, user, password, tls } = upstream;
  const target = Object.entries({ host, port: String(upstreamPort), dbname: database, user, password })
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}=${quoted(String(value))}`);
  return `[databases]
${DATABASE} = ${target.join(' ')}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${join(directory, 'users.txt')}
pool_mode = transaction
server_round_robin = 1
default_pool_size = ${SERVER_CONNECTIONS}
min_pool_size = ${SERVER_CONNECTIONS}
max_client_conn = 500
; The driver asks for it where PGOPTIONS is set.
ignore_startup_parameters = options
server_tls_sslmode = ${tls ? 'require' : 'disable'}
log_connections = 0
log_disconnections = 0
`;
}

function quoted(value: string): string {
  if (/[\r\n]/.test(value))
    throw new Error('expected a host, database, user and password without line breaks');
  return `'${value.replaceAll("'", "''")}'`;
}

async function launch(options: PgBouncerOptions, port: number): Promise<RunningServer['process']> {
  const { directory, program, account } = options;
  const file = await write(options, 'pgbouncer.ini', configuration(options, port));
  const messages = join(directory, 'pgbouncer.log');
  const log = await open(messages, 'a');
  const pooler = spawn(program, [file], {
    ...account,
    cwd: directory,
    env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['ignore', log.fd, log.fd],
  });
  pooler.on('error', (error) => appendFileSync(messages, error.message));
  await log.close();
  // This process writes the file, because the account of the pooler must not write in the directory.
  if (pooler.pid !== undefined) await writeFile(join(directory, PGBOUNCER_PID_FILE), String(pooler.pid));
  return pooler;
}

/** Writes files that only the pooler's account can read, because both contain passwords. */
async function write({ directory, account }: PgBouncerOptions, name: string, text: string): Promise<string> {
  const file = join(directory, name);
  await writeFile(file, text, { mode: 0o600 });
  if (account !== undefined) await chown(file, account.uid, account.gid);
  return file;
}

async function isReady(
  pooler: RunningServer['process'],
  port: number,
  signal: AbortSignal,
): Promise<boolean> {
  for (let look = 0; look < READY_LOOKS; look += 1) {
    const isGone = pooler.pid === undefined || pooler.exitCode !== null || pooler.signalCode !== null;
    if (isGone) return false;
    if (signal.aborted) break;
    if (await listens(port)) return true;
    await delay(READY_LOOK_MS);
  }
  await stopServer(pooler);
  return false;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.on('close', () => socket.destroy());
    socket.once('connect', () => socket.destroy());
  });
}
