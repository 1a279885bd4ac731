/** The directory of one local server, the task of its keeper, and the removal of directories left behind. */
import { mkdtemp, chmod, lstat, readFile, readdir, rm } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unprivilegedAccount, type Account } from './account.ts';

const run = promisify(execFile);

/** Names the keeper's process id. */
export const KEEPER_FILE = 'keeper.pid';
/** Where local servers write their process ids: PostgreSQL and PgBouncer. */
export const POSTGRES_PID_FILE = 'data/postmaster.pid';
export const PGBOUNCER_PID_FILE = 'pgbouncer.pid';
const PID_FILES = [POSTGRES_PID_FILE, PGBOUNCER_PID_FILE];
const PREFIX = 'lockstep-postgres-';
/** A directory without a keeper is left alone for so long, in milliseconds: its keeper may just be starting. */
const GRACE_MS = 60_000;

/** What the keeper is to keep, as one line of JSON on its standard input. */
export type KeeperTask =
  | { readonly kind: 'server' }
  | StandbyTask
  /** A pooler in transaction mode. `program` is PgBouncer, `url` the server behind it. */
  | { readonly kind: 'pgbouncer'; readonly program: string; readonly upstream: Upstream };

/** A standby of the embedded server at `url`, whose data is in the folder `data`; it replays `lagMs` later. */
export interface StandbyTask {
  readonly kind: 'standby';
  readonly url: string;
  readonly data: string;
  readonly lagMs: number;
}

/** Where a pooler connects to. */
export interface Upstream {
  /** A name, an address, or the directory of a socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string | null;
  readonly tls: boolean;
}

/** Where directories are made: root's own TMPDIR may be closed to the account that the server runs as. */
function places(): string[] {
  return [...new Set([tmpdir(), '/tmp', '/var/tmp'])];
}

/**
 * A new directory. Other users can pass through it: for root the data belongs to another account. Throws Error when
 * there is no place for it.
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

/** Tried, as that account: the path has parents, and there may be lists of rights. */
async function canEnter(account: Account, place: string): Promise<boolean> {
  const { uid, gid } = account;
  return await run('/bin/sh', ['-c', 'cd "$1"', 'sh', place], { uid, gid, cwd: '/' }).then(
    () => true,
    () => false,
  );
}

/**
 * Stops the servers and removes the directories of earlier runs of this user whose keeper and guard were both
 * killed. Returns what it removed.
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
 * Whether the process runs with `directory` among its arguments. The number alone proves nothing: it may have
 * been given to another process since.
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
    // It ended in between.
  }
}
