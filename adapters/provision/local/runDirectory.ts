/** The directory of one local server, the task of its keeper, and the removal of directories that were left behind. */
import { mkdtemp, chmod, lstat, readFile, readdir, rm } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unprivilegedAccount, type Account } from './account.ts';

const run = promisify(execFile);

/** The file with the keeper's process id. */
export const KEEPER_FILE = 'keeper.pid';
/** The files in which local servers write their process ids: PostgreSQL and PgBouncer. */
export const POSTGRES_PID_FILE = 'data/postmaster.pid';
export const PGBOUNCER_PID_FILE = 'pgbouncer.pid';
const PID_FILES = [POSTGRES_PID_FILE, PGBOUNCER_PID_FILE];
const PREFIX = 'lockstep-postgres-';
/** How long a directory without a keeper is left alone, in milliseconds, because its keeper may just be starting. */
const GRACE_MS = 60_000;

/** What the keeper is to start, as one line of JSON on its standard input. */
export type KeeperTask =
  | { readonly kind: 'server' }
  | StandbyTask
  /** A pooler in transaction mode. `program` is the path of PgBouncer, and `url` is the server behind it. */
  | { readonly kind: 'pgbouncer'; readonly program: string; readonly upstream: Upstream };

/**
 * A standby of the embedded server at `url`, whose data is in the folder `data`. It replays commits `lagMs`
 * milliseconds later.
 */
export interface StandbyTask {
  readonly kind: 'standby';
  readonly url: string;
  readonly data: string;
  readonly lagMs: number;
}

/** The server that a pooler connects to. */
export interface Upstream {
  /** A name, an address, or the directory of a socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string | null;
  readonly tls: boolean;
}

/**
 * The folders in which directories may be created. The account that the server runs under may not have access to root's
 * TMPDIR.
 */
function places(): string[] {
  return [...new Set([tmpdir(), '/tmp', '/var/tmp'])];
}

/**
 * Creates a directory. Other users can pass through it, because for root the data belongs to another account. Throws
 * Error if no folder is suitable.
 */
export async function createRunDirectory(): Promise<string> {
  const account = await unprivilegedAccount();
  const place = account === undefined ? tmpdir() : await placeFor(account);
  const directory = await mkdtemp(join(place, PREFIX));
  await chmod(directory, 0o711);
  return directory;
}

async function placeFor(account: Account): Promise<string> {
  for (const place of places()) if (await canEnter(account, place)) return place;
  throw new Error(
    `root cannot run PostgreSQL, and the account that would cannot enter ${places().join(', ')}. Set TMPDIR to a directory that every user can enter, or run lockstep as another user`,
  );
}

/** Tried as that account, because the permissions of parent folders and access control lists matter too. */
async function canEnter(account: Account, place: string): Promise<boolean> {
  const { uid, gid } = account;
  return await run('/bin/sh', ['-c', 'cd "$1"', 'sh', place], { uid, gid, cwd: '/' }).then(
    () => true,
    () => false,
  );
}

/**
 * Stops the servers and removes the directories of this user's earlier runs whose keeper and guard were both killed.
 * Returns the removed directories.
 */
export async function removeAbandoned(): Promise<string[]> {
  const removed: string[] = [];
  for (const directory of await runDirectories()) {
    if (!(await isAbandoned(directory))) continue;
    for (const file of PID_FILES) {
      const server = await readPid(join(directory, file));
      if (server !== undefined && (await runsFor(server, directory))) killQuietly(server);
    }
    await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    removed.push(directory);
  }
  return removed;
}

async function runDirectories(): Promise<string[]> {
  const found: string[] = [];
  for (const place of places()) {
    const names = await readdir(place).catch(() => []);
    found.push(...names.filter((name) => name.startsWith(PREFIX)).map((name) => join(place, name)));
  }
  return found;
}

async function isAbandoned(directory: string): Promise<boolean> {
  const stat = await lstat(directory).catch(() => undefined);
  if (stat?.isDirectory() !== true || stat.uid !== process.getuid?.()) return false;
  const keeper = await readPid(join(directory, KEEPER_FILE));
  if (keeper === undefined) return Date.now() - stat.mtimeMs > GRACE_MS;
  return !(await runsFor(keeper, directory));
}

async function readPid(file: string): Promise<number | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const pid = Number(text.split('\n')[0]);
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}

/**
 * Whether the process runs with `directory` among its arguments. The process id alone proves nothing, because another
 * process may have it by now.
 */
export async function runsFor(pid: number, directory: string): Promise<boolean> {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(async () => {
    const ps = await run('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
    return ps.stdout;
  });
  return command.includes(directory);
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGQUIT');
  } catch {
    // The process ended in the meantime.
  }
}
