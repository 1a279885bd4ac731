/**
 * Starts and supervises child processes that run compiled code of lockstep.
 *
 * A child leads a process group of its own, so that a terminal's Ctrl-C reaches only its parent, which ends
 * its children in its own order, and so that a child is killed with everything it started.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { Duplex, Readable } from 'node:stream';
import { defined } from '../../adapters/contract/defined.ts';
import { endLeftBehind, MARK } from './leftBehind.ts';
import { lineChannel, type LineChannel, type LineListener } from './lines.ts';
import { drain } from './tail.ts';

export interface ChildOptions {
  /** The compiled file to run: see compiledEntry. */
  readonly entry: string;
  readonly args?: readonly string[];
  /** Options for node, before the entry. */
  readonly execArgv?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Whether the child writes to this process's stderr instead of having it drained. Default false. */
  readonly inheritStderr?: boolean;
  /** Receives the lines that the child sends over its descriptor 3. */
  readonly listener: LineListener;
}

export interface Exit {
  /** Null: a signal ended the child, or it never started. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why the child could not be started. */
  readonly error?: string;
  /** Set if `endChildren` ended the child. */
  readonly stopped?: true;
}

export interface Child {
  /** Undefined: the child could not be started. */
  readonly pid: number | undefined;
  readonly channel: LineChannel;
  /** How the child ended. Undefined: it is still running. */
  readonly exit: Exit | undefined;
  /** Resolves when the child has ended, its process group was killed, and its output was read. Never rejects. */
  readonly exited: Promise<Exit>;
  /** The last characters of the child's stdout and stderr. */
  output(): { readonly stdout: string; readonly stderr: string };
  /** Sends a signal to the child alone. */
  signal(signal: NodeJS.Signals): void;
  /** Kills the child and everything in its process group, at once. */
  kill(): void;
}

/**
 * How long to continue reading after a child's exit, in milliseconds, because another process may keep its pipes open.
 */
const OUTPUT_AFTER_EXIT_MS = 500;

/** Functions that kill the children that have not ended. */
const living = new Set<() => void>();
let stopped = false;

/** Kills every child of this process, and every child that is started later, because the run is over. */
export function endChildren(): void {
  stopped = true;
  for (const kill of living) kill();
}

/** Starts a child. `exited` shows whether it could be started. */
export function spawnChild(options: ChildOptions): Child {
  const mark = randomUUID();
  const process_ = spawn(
    process.execPath,
    [...(options.execArgv ?? []), options.entry, ...(options.args ?? [])],
    {
      detached: true,
      stdio: ['ignore', 'pipe', options.inheritStderr === true ? 'inherit' : 'pipe', 'pipe'],
      env: { ...process.env, ...options.env, LOCKSTEP_PARENT_PID: String(process.pid), [MARK]: mark },
      ...defined({ cwd: options.cwd }),
    },
  );
  const stdout = drain(process_.stdout as Readable);
  const stderr = process_.stderr === null ? (): string => '' : drain(process_.stderr);
  const channel = lineChannel(process_.stdio[3] as Duplex, options.listener);
  const outputEnd = new Promise<void>((resolve) => {
    process_.once('close', () => resolve());
  });
  let exit: Exit | undefined;
  let isStopped = false;
  const kill = (): void => killGroup(process_);
  const stop = (): void => {
    isStopped = true;
    kill();
  };
  living.add(stop);
  if (stopped) stop();
  const exited = ended(process_).then(async (how) => {
    exit = isStopped ? { ...how, stopped: true } : how;
    living.delete(stop);
    kill();
    if (process_.pid !== undefined) endLeftBehind(mark, process_.pid);
    await outputRead(process_, outputEnd);
    return exit;
  });
  return {
    pid: process_.pid,
    channel,
    exited,
    get exit() {
      return exit;
    },
    output: () => ({ stdout: stdout(), stderr: stderr() }),
    signal: (signal) => void process_.kill(signal),
    kill,
  };
}

function ended(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', (error) => {
      if (child.pid === undefined) resolve({ code: null, signal: null, error: error.message });
    });
  });
}

/** Waits for the end of the child's output, then closes its pipes. */
async function outputRead(child: ChildProcess, outputEnd: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, OUTPUT_AFTER_EXIT_MS);
  });
  await Promise.race([outputEnd, late]);
  clearTimeout(timer);
  for (const stream of child.stdio) stream?.destroy();
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // ESRCH: the group is empty. On a platform without groups, the child itself is killed.
    child.kill('SIGKILL');
  }
}
