/**
 * Finds processes that outlive the child that started them: they left its process group, so killing the group misses
 * them. On Linux the environment of a process can be read, and each child has a unique mark there, which its
 * descendants inherit.
 */
import { readdirSync, readFileSync } from 'node:fs';

/**
 * The variable that contains the mark. A process that must outlive its child, for example to clean up, runs without it.
 */
export const MARK = 'LOCKSTEP_MARK';

/** A process that was found, and whether it could be ended. */
export interface LeftBehind {
  readonly pid: number;
  /** Its command line, shortened. */
  readonly command: string;
  readonly ended: boolean;
}

const MAX_COMMAND = 80;
/** A process may start another one during the search. */
const MAX_LOOKS = 5;

let found: LeftBehind[] = [];

/**
 * Ends every process with this mark outside the group of `leader`, which is killed as a whole. Does nothing on
 * platforms other than Linux.
 */
export function endLeftBehind(mark: string, leader: number): void {
  for (let look = 0; look < MAX_LOOKS; look += 1) {
    const left = markedWith(mark).filter((pid) => pid !== leader && groupOf(pid) !== leader);
    const fresh = left.filter((pid) => !found.some((one) => one.pid === pid));
    if (fresh.length === 0) return;
    found.push(...fresh.map((pid) => ({ pid, command: commandOf(pid), ended: end(pid) })));
  }
}

/** Whether this child's parent is gone. */
export function isOrphan(): boolean {
  return process.ppid !== Number(process.env['LOCKSTEP_PARENT_PID']);
}

/**
 * Ends this child and its process group. If the parent is gone, nobody else ends processes that left the group, so this
 * does. Otherwise the parent ends and reports them.
 */
export function endOwnGroup(): void {
  const mark = process.env[MARK];
  if (mark !== undefined && isOrphan()) endLeftBehind(mark, process.pid);
  try {
    process.kill(-process.pid, 'SIGKILL');
  } catch {
    // A platform without groups.
    process.kill(process.pid, 'SIGKILL');
  }
}

/** The processes that were found since the last call. */
export function takeLeftBehind(): readonly LeftBehind[] {
  const taken = found;
  found = [];
  return taken;
}

function markedWith(mark: string): number[] {
  if (process.platform !== 'linux') return [];
  const entry = `${MARK}=${mark}\0`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && read(`/proc/${name}/environ`).includes(entry))
    .map(Number);
}

/** The process group of `pid`. Undefined: the process has ended; it may be a zombie. */
function groupOf(pid: number): number | undefined {
  // `pid (name) state ppid pgrp`. The name may contain anything.
  const stat = read(`/proc/${pid}/stat`);
  const group = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2];
  return group === undefined ? undefined : Number(group);
}

function commandOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim().slice(0, MAX_COMMAND);
}

function end(pid: number): boolean {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** Empty if the file belongs to another user or is gone. */
function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
