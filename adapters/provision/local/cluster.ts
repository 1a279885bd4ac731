/** Makes a database cluster and runs its server. */
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

/** How often a server is started on another port when it ended at once. */
const START_ATTEMPTS = 5;
/** How often to look whether the server is ready, and how long to wait between two looks, in milliseconds. */
const READY_LOOKS = 1500;
const READY_LOOK_MS = 20;

/** Loopback only, no unix socket. */
const OWN_SETTINGS: Readonly<Record<string, string>> = {
  ...SETTINGS,
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  logging_collector: 'off',
  // A password of 128 random bits needs no slow hash, and each connection would pay for it.
  scram_iterations: '1',
};

export interface ClusterOptions {
  /** The run's directory; the data is in its folder `data`, the server's messages in `server.log`. */
  readonly directory: string;
  readonly binaries: Binaries;
  readonly account: Account | undefined;
  readonly password: string;
  /** Beside those of every server that is started here, or instead of them. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Ends a start that is under way. */
  readonly signal: AbortSignal;
}

export interface RunningServer {
  readonly process: ChildProcess;
  readonly port: number;
}

// The caller's PGPORT, PGDATA, LC_MESSAGES and the like must not reach the server.
const environment = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };

/**
 * What initdb is told, apart from places. The default collation is ICU en-US on purpose: an order that differs from the
 * bytes' shows every query that forgot to say which order it wants.
 */
const INITDB = [
  `--username=${SUPERUSER}`,
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=icu',
  '--icu-locale=en-US',
  '--set=scram_iterations=1',
  // Only initdb's own fsync: a cluster that a power cut interrupts is thrown away anyway.
  '--no-sync',
];

/** A copy of the one that is kept for this user if possible, with a password of its own. */
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
    // Shows as well that a server can run on it.
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

/** Before any server listens: nobody can connect with the password of the template. */
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
  // It may have ended before it has read anything.
  alone.child.stdin?.on('error', () => undefined);
  alone.child.stdin?.end(`ALTER ROLE ${SUPERUSER} PASSWORD '${password}'\n`);
  await alone;
}

/**
 * Starts the server on a port of the loopback interface, `wanted` or a free one. Throws Error with the server's last
 * messages.
 */
export async function startServer(options: ClusterOptions, wanted?: number): Promise<RunningServer> {
  for (let attempt = 1; ; attempt += 1) {
    const port = wanted ?? (await freePort());
    const server = await launch(options, port);
    if (await isReady(options, server)) return { process: server, port };
    // Between the look for a free port and its use somebody else may have taken it.
    if (attempt >= START_ATTEMPTS || options.signal.aborted) {
      const log = await readFile(join(options.directory, 'server.log'), 'utf8').catch(() => '');
      throw new Error(`the server did not start: ${log.slice(-2000).trim() || 'it said nothing'}`);
    }
  }
}

/** Stops the server at once, without a checkpoint: its data is about to be removed. */
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

/** Reads the state that the server writes for pg_ctl; its log would be in the words of some language. */
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
