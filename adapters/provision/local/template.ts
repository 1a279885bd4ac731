/**
 * Keeps a cluster as initdb creates it in an archive of this user. Unpacking it takes a tenth of the time of initdb. If
 * anything is wrong with the archive or its folder, the functions reject and the caller creates its cluster without the
 * archive.
 */
import { spawn, type StdioOptions } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { constants, lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Account } from './account.ts';

/** What an archive contains, and the name that it has. */
export interface Template {
  readonly name: string;
  /** The folder of the cluster, on which no server runs. It belongs to `account`. */
  readonly data: string;
  readonly account: Account | undefined;
  readonly signal: AbortSignal;
}

const PREFIX = 'cluster-';
const ENDING = '.tar';
/**
 * Written after the archive in its file, because tar takes an archive that was cut off between two entries for a whole
 * one.
 */
const END = Buffer.from('the end of the archive');
/**
 * An archive that is unfinished after this time never will be finished. One that was not used for this time belongs to
 * another version.
 */
const UNFINISHED_MS = 60_000;
const UNUSED_MS = 30 * 24 * 3_600_000;

/** A folder of this user, created if needed. It is not the home directory, because service accounts have none. */
async function writableFolder(): Promise<string> {
  for (const path of [dirname(folder()), folder()]) {
    await mkdir(path, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
  if ((await lstat(folder())).uid !== process.getuid?.()) throw new Error('it is of somebody else');
  return folder();
}

function folder(): string {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'lockstep');
}

function fileOf(name: string): string {
  return `${PREFIX}${name}${ENDING}`;
}

/** Fills `data`, which is empty. Also rejects if another user may have written the archive. */
export async function unpack(template: Template): Promise<void> {
  const archive = await open(
    join(folder(), fileOf(template.name)),
    constants.O_RDONLY | constants.O_NOFOLLOW,
  );
  try {
    const { uid, mode, size } = await archive.stat();
    if (uid !== process.getuid?.() || (mode & 0o022) !== 0) throw new Error('it may be of somebody else');
    const end = Buffer.alloc(END.length);
    await archive.read(end, 0, end.length, Math.max(0, size - end.length));
    if (!end.equals(END)) throw new Error('it is not whole');
    await tar(['-xpf', '-'], template, [archive.fd, 'ignore', 'ignore']);
    const now = new Date();
    // The folder may be read-only.
    await archive.utimes(now, now).catch(() => undefined);
  } finally {
    await archive.close();
  }
}

/** Stores `data` in the archive. If several processes do so at the same time, the last one wins. */
export async function pack(template: Template): Promise<void> {
  const path = join(await writableFolder(), fileOf(template.name));
  const unfinished = `${path}.${randomBytes(6).toString('hex')}`;
  const archive = await open(unfinished, 'wx', 0o600);
  try {
    await tar(['-cf', '-', '.'], template, ['ignore', archive.fd, 'ignore']);
    await archive.write(END);
    // After a power failure there is a complete archive or none.
    await archive.sync();
    await rename(unfinished, path);
  } finally {
    await archive.close();
    await rm(unfinished, { force: true });
  }
}

/**
 * Removes archives that killed runs did not finish, and archives of versions that are no longer used. Returns what it
 * removed.
 */
export async function removeUnused(): Promise<string[]> {
  const removed: string[] = [];
  for (const name of await readdir(folder()).catch(() => [])) {
    if (!name.startsWith(PREFIX)) continue;
    const path = join(folder(), name);
    const stat = await lstat(path).catch(() => undefined);
    const boundMs = name.endsWith(ENDING) ? UNUSED_MS : UNFINISHED_MS;
    if (stat === undefined || Date.now() - stat.mtimeMs <= boundMs) continue;
    await rm(path, { force: true });
    removed.push(path);
  }
  return removed;
}

async function tar(
  args: readonly string[],
  { data, account, signal }: Template,
  stdio: StdioOptions,
): Promise<void> {
  const env = { PATH: process.env['PATH'] };
  const child = spawn('tar', args, { ...account, cwd: data, env, stdio, signal });
  const [status] = (await once(child, 'close')) as [number | null];
  if (status !== 0) throw new Error(`tar ended with ${status}`);
}
