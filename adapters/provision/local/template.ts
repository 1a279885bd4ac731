/**
 * A cluster as initdb makes it, kept as an archive of this user: to unpack it takes a tenth of the time. Whatever is wrong
 * with the archive or its folder rejects, and the caller makes its cluster without it.
 */
import { spawn, type StdioOptions } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { constants, lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Account } from './account.ts';

/** What is kept under which name. */
export interface Template {
  readonly name: string;
  /** The folder of the cluster, of which no server runs. It belongs to `account`. */
  readonly data: string;
  readonly account: Account | undefined;
  readonly signal: AbortSignal;
}

const PREFIX = 'cluster-';
const ENDING = '.tar';
/** Follows the archive in its file: tar takes one that was cut off between two entries for a whole one. */
const END = Buffer.from('the end of the archive');
/** An archive that is not finished after so long never will be; one that was not used for so long is of another version. */
const UNFINISHED_MS = 60_000;
const UNUSED_MS = 30 * 24 * 3_600_000;

/** Of this user, made if need be; not the home, which accounts of services do not have. */
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

/** Fills `data`, which is empty. Rejects too if somebody else may have written the archive. */
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

/** Keeps `data`. Of several that do so at once the last one wins. */
export async function pack(template: Template): Promise<void> {
  const path = join(await writableFolder(), fileOf(template.name));
  const unfinished = `${path}.${randomBytes(6).toString('hex')}`;
  const archive = await open(unfinished, 'wx', 0o600);
  try {
    await tar(['-cf', '-', '.'], template, ['ignore', archive.fd, 'ignore']);
    await archive.write(END);
    // After a power cut there is a whole archive or none.
    await archive.sync();
    await rename(unfinished, path);
  } finally {
    await archive.close();
    await rm(unfinished, { force: true });
  }
}

/** Removes archives that killed runs did not finish, and those of versions that are not used. Returns what it removed. */
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
