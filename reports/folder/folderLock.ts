/**
 * Allows one run at a time in a folder. Two runs would mix their results, and each would remove the other's evidence. A
 * writer holds a lock file that identifies it.
 */
import { randomBytes } from 'node:crypto';
import { linkSync, lstatSync, readFileSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileCode, fileReason } from '../../scenarios/fileReason.ts';
import { LockstepError } from '../../scenarios/lockstepError.ts';

const LOCK_FILE = 'lockstep.lock';

/** Whether `name` is a lock, or a draft of a lock that a killed process left. */
export function isLockFile(name: string): boolean {
  return name.startsWith(LOCK_FILE);
}

/** No lock file is longer, in bytes. */
const MAX_BYTES = 4096;
/** How often to try to take over a lock without a holder, because others may try the same. */
const MAX_ATTEMPTS = 10;

/** The errors of file systems that do not support hard links. */
const NO_LINKS: readonly (string | undefined)[] = ['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'];

/** The holder of a lock. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Identifies the boot of the machine and the pid namespace of the process. Empty if there is no /proc. */
  readonly place: string;
  /** When the process started, by the kernel's count, because pids are reused. Empty if there is no /proc. */
  readonly started: string;
  /** When the lock was taken, as an ISO time. */
  readonly since: string;
}

/**
 * Takes the lock of the folder `dir`. Disposing releases it, idempotently; so does a normal end of the process. A lock
 * whose process is gone is taken over. Errors: OUT_IN_USE, OUT_NOT_WRITABLE.
 */
export function lockFolder(dir: string): Disposable {
  const path = join(dir, LOCK_FILE);
  const mine = `${JSON.stringify(ownHolder())}\n`;
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    if (makeExclusively(dir, mine)) return held(path, mine);
    const text = readLock(path);
    if (text === undefined) continue;
    const holder = parseHolder(text);
    if (holder === undefined || isThere(holder)) throw inUse(dir, path, holder);
    removeStale(path, text);
  }
  throw new LockstepError('OUT_IN_USE', `${dir}: other runs are taking this folder right now. Try again.`);
}

function held(path: string, mine: string): Disposable {
  const release = (): void => {
    process.off('exit', release);
    try {
      if (readFileSync(path, 'utf8') === mine) rmSync(path);
    } catch {
      // Somebody has already removed the lock or the whole folder.
    }
  };
  process.on('exit', release);
  return { [Symbol.dispose]: release };
}

/** False: the file exists already. It appears with its text, so that nobody reads an incomplete lock. */
function makeExclusively(dir: string, text: string): boolean {
  const path = join(dir, LOCK_FILE);
  const draft = `${path}.${randomBytes(8).toString('hex')}`;
  try {
    writeFileSync(draft, text, { flag: 'wx' });
    place(draft, path, text);
    return true;
  } catch (error) {
    if (fileCode(error) === 'EEXIST') return false;
    throw new LockstepError(
      'OUT_NOT_WRITABLE',
      `${dir}: expected a writable folder, got ${fileReason(error)}. Name another folder with --out.`,
      { cause: error },
    );
  } finally {
    rmSync(draft, { force: true });
  }
}

function place(draft: string, path: string, text: string): void {
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!NO_LINKS.includes(fileCode(error))) throw error;
    writeFileSync(path, text, { flag: 'wx' });
  }
}

/** Undefined: the lock has disappeared. Anything that is not a small file is no lock of a run. */
function readLock(path: string): string | undefined {
  try {
    const { size } = lstatSync(path);
    return lstatSync(path).isFile() && size <= MAX_BYTES ? readFileSync(path, 'utf8') : '';
  } catch (error) {
    if (fileCode(error) === 'ENOENT') return undefined;
    return '';
  }
}

/**
 * Renames the lock, because only one of several processes can rename the same file. A process that moved another's lock
 * puts it back.
 */
function removeStale(path: string, text: string): void {
  const aside = `${path}.${randomBytes(8).toString('hex')}`;
  try {
    renameSync(path, aside);
    if (readFileSync(aside, 'utf8') !== text) linkSync(aside, path);
  } catch {
    // Another process was faster. The next attempt sees the new state.
  } finally {
    rmSync(aside, { force: true });
  }
}

function ownHolder(): Holder {
  return {
    pid: process.pid,
    host: hostname(),
    place: ownPlace(),
    started: stateOf(process.pid)?.started ?? '',
    since: new Date().toISOString(),
  };
}

function ownPlace(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return '';
  }
}

/** Whether the holder may still exist. A holder on another machine or in another container cannot be checked. */
function isThere(holder: Holder): boolean {
  if (holder.host !== hostname()) return true;
  const place = ownPlace();
  if (holder.place !== place) return bootOf(holder.place) === bootOf(place);
  if (holder.started === '') return isAlive(holder.pid);
  const state = stateOf(holder.pid);
  return state !== undefined && state.started === holder.started && !state.isDead;
}

function bootOf(place: string): string {
  return place.split(' ')[0] ?? '';
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return fileCode(error) === 'EPERM';
  }
}

/** The state of a process, from /proc. Undefined: there is no such process, or no /proc. A zombie counts as dead. */
function stateOf(pid: number): { readonly started: string; readonly isDead: boolean } | undefined {
  try {
    // After the name, which may contain anything: the state is the first field and the start time the 20th.
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
    return { started: fields[19] ?? '', isDead: fields[0] === 'Z' || fields[0] === 'X' };
  } catch {
    return undefined;
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Partial<Holder> | null;
    const { pid, host, place, started, since } = holder ?? {};
    const isNamed = Number.isSafeInteger(pid) && (pid as number) > 0;
    const areTexts = [host, place, started, since].every((one) => typeof one === 'string');
    return isNamed && areTexts ? (holder as Holder) : undefined;
  } catch {
    return undefined;
  }
}

function inUse(dir: string, path: string, holder: Holder | undefined): LockstepError {
  if (holder === undefined)
    return new LockstepError(
      'OUT_IN_USE',
      `${dir}: expected a folder that no run writes to, got a ${LOCK_FILE} that names no process. If no run uses the folder, remove ${path}.`,
    );
  const { pid, host, since } = holder;
  const elsewhere = host === hostname() ? '' : ` on ${host}`;
  return new LockstepError(
    'OUT_IN_USE',
    `${dir}: expected a folder that no run writes to, got one to which process ${pid}${elsewhere} has been writing since ${since}. Use another folder, or wait for that process. If it is gone, remove ${path}.`,
  );
}
