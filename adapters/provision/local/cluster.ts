/** Creates a database cluster and runs its server. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chown, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { argumentsOf, SETTINGS, SUPERUSER } from '../settings.ts';
import { pack, unpack } from './template.ts';

const run = promisify(execFile);

/** How often a server is started on another port if it stops at once. */
const START_ATTEMPTS = 5;
/** How often to check whether the server is ready, and the time between two checks in milliseconds. */
const READY_LOOKS = 1500;
const READY_LOOK_MS = 20;

/** Listen on loopback only, without a unix socket. */
const OWN_SETTINGS: Readonly<Record<string, string>> = {
  ...SETTINGS,
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  logging_collector: 'off',
  // A password of 128 random bits needs no slow hash, and each connection would pay for one.
  scram_iterations: '1',
};

export interface ClusterOptions {
  /** The run's directory. The data is in its folder `data`, the server's log in `server.log`. */
  readonly directory: string;
  readonly binaries: Binaries;
  readonly account: Account | undefined;
  readonly password: string;
  /** Settings in addition to those of every server that is started here. They override them. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Aborts a start that is in progress. */
  readonly signal: AbortSignal;
}

export interface RunningServer {
  readonly process: ChildProcess;
  readonly port: number;
}

// PGPORT, PGDATA, LC_MESSAGES and the like of the caller must not reach the server.
const environment = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };

/**
 * The options of initdb, except paths. The default collation is ICU en-US on purpose: it does not order by bytes, so
 * every query that does not specify its order is noticed.
 */
const INITDB = [
  `--username=${SUPERUSER}`,
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=icu',
  '--icu-locale=en-US',
  '--set=scram_iterations=1',
  // This only turns off the fsync of initdb itself. A cluster that a power failure interrupts is discarded anyway.
  '--no-sync',
];

/** Creates a cluster with a password of its own, if possible from the copy that is kept for this user. */
export async function createCluster(options: ClusterOptions): Promise<void> {
  const { binaries, account, signal } = options;
  const data = await dataFolder(options);
  const name = createHash('sha256')
    .update(JSON.stringify([binaries.version, INITDB]))
    .digest('hex')
    .slice(0, 16);
  const template = { name, data, account, signal };
  try {
    await unpack(template);
    // This also shows that a server can run on the cluster.
    await setPassword(options);
  } catch {
    signal.throwIfAborted();
    await rm(data, { recursive: true });
    await dataFolder(options);
    await initialize(options);
    await pack(template).catch(() => undefined);
  }
}

async function dataFolder({ directory, account }: ClusterOptions): Promise<string> {
  const data = join(directory, 'data');
  await mkdir(data, { mode: 0o700 });
  if (account !== undefined) await chown(data, account.uid, account.gid);
  return data;
}

async function initialize({ directory, binaries, account, password, signal }: ClusterOptions): Promise<void> {
  const passwordFile = join(directory, 'password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (account !== undefined) await chown(passwordFile, account.uid, account.gid);
  await run(binaries.initdb, [`--pgdata=${join(directory, 'data')}`, `--pwfile=${passwordFile}`, ...INITDB], {
    ...account,
    cwd: directory,
    env: environment,
    signal,
  });
  await rm(passwordFile);
}

/** Sets the password before any server listens, so that nobody can connect with the password of the template. */
async function setPassword({
  directory,
  binaries,
  account,
  password,
  signal,
}: ClusterOptions): Promise<void> {
  const alone = run(
    binaries.postgres,
    ['--single', '-D', join(directory, 'data'), '-F', '-c', 'exit_on_error=on', 'postgres'],
    { ...account, cwd: directory, env: environment, signal },
  );
  // The process may have ended before it has read anything.
  alone.child.stdin?.on('error', () => undefined);
  alone.child.stdin?.end(`ALTER ROLE ${SUPERUSER} PASSWORD '${password}'\n`);
  await alone;
}

/**
 * Starts the server on a port of the loopback interface: on `wanted`, or on a free port. Throws Error with the end of
 * the server's log.
 */
export async function startServer(options: ClusterOptions, wanted?: number): Promise<RunningServer> {
  for (let attempt = 1; ; attempt += 1) {
    const port = wanted ?? (await freePort());
    const server = await launch(options, port);
    if (await isReady(options, server)) return { process: server, port };
    // Another process may have taken the free port in the meantime.
    if (attempt >= START_ATTEMPTS || options.signal.aborted) {
      const log = await readFile(join(options.directory, 'server.log'), 'utf8').catch(() => '');
      throw new Error(`the server did not start: ${log.slice(-2000).trim() || 'it said nothing'}`);
    }
  }
}

/** Stops the server at once, without a checkpoint, because its data is about to be removed. */
export async function stopServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  server.kill('SIGQUIT');
  await ended;
}

async function launch(options: ClusterOptions, port: number): Promise<ChildProcess> {
  const { directory, binaries, account, settings } = options;
  const log = await open(join(directory, 'server.log'), 'a');
  const server = spawn(
    binaries.postgres,
    ['-D', join(directory, 'data'), ...argumentsOf({ ...OWN_SETTINGS, ...settings, port: String(port) })],
    { ...account, cwd: directory, env: environment, stdio: ['ignore', log.fd, log.fd] },
  );
  server.on('error', () => undefined);
  await log.close();
  return server;
}

/**
 * Reads the state that the server writes for pg_ctl. The log cannot be used, because its language depends on the
 * locale.
 */
async function isReady(options: ClusterOptions, server: ChildProcess): Promise<boolean> {
  const file = join(options.directory, 'data', 'postmaster.pid');
  for (let look = 0; look < READY_LOOKS; look += 1) {
    const isGone = server.pid === undefined || server.exitCode !== null || server.signalCode !== null;
    if (isGone) return false;
    if (options.signal.aborted) break;
    const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n');
    if (lines[0] === String(server.pid) && lines[7]?.trim() === 'ready') return true;
    await delay(READY_LOOK_MS);
  }
  await stopServer(server);
  return false;
}

export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', resolve);
  });
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
