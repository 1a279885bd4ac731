/**
 * Processes that outlive the child which started them: they left its process group, so that killing the group misses them.
 * Linux tells the environment of a process, and each child has a mark of its own there that its descendants inherit.
 */
import { readdirSync, readFileSync } from 'node:fs';

/** The variable with the mark. A process that is to outlive its child, such as one that cleans up, goes without it. */
export const MARK = 'LOCKSTEP_MARK';

/** A process that was found, and whether it could be ended. */
export interface LeftBehind {
  readonly pid: number;
  /** Its command line, shortened. */
  readonly command: string;
  readonly ended: boolean;
}

const MAX_COMMAND = 80;
/** A process may start another one while it is being looked for. */
const MAX_LOOKS = 5;

let found: LeftBehind[] = [];

/** Ends every process with this mark outside the group of `leader`, which is killed as a whole. Elsewhere than on Linux: none. */
export function endLeftBehind(mark: string, leader: number): void {
  for (let look = 0; look < MAX_LOOKS; look += 1) {
    const left = markedWith(mark).filter((pid) => pid !== leader && groupOf(pid) !== leader);
    const fresh = left.filter((pid) => !found.some((one) => one.pid === pid));
    if (fresh.length === 0) return;
    found.push(...fresh.map((pid) => ({ pid, command: commandOf(pid), ended: end(pid) })));
  }
}

/** Whether the parent of this child is gone. */
export function isOrphan(): boolean {
  return process.ppid !== Number(process.env['LOCKSTEP_PARENT_PID']);
}

/**
 * Ends this child and its process group. Where its parent is gone, nobody else ends what has left the group; else the parent
 * does, and names it.
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

/** What was found since this was asked last. */
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

/** Its process group; undefined: it has ended, perhaps without having been reaped. */
function groupOf(pid: number): number | undefined {
  // `pid (name) state ppid pgrp`, and the name may hold anything.
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

/** Empty: it is another user's, or gone. */
function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
