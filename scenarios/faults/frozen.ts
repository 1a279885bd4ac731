/** Freezes a process and thaws it, even if this process ends first. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Frozen {
  /** The proof that the process stands still. */
  readonly proof: string;
  /** Lets the process continue. */
  readonly thaw: () => void;
}

/** How often to check whether the process stands still, and the pause between two checks, in milliseconds. */
const LOOKS = 100;
const LOOK_MS = 5;

/** Rejects if the process does not stand still. */
export async function freeze(pid: number): Promise<Frozen> {
  // The guard waits for the end of its standard input, which comes when this process is gone, and then thaws the
  // process. A frozen process would not notice that and would be left behind.
  const guard = spawn('/bin/sh', ['-c', `cat >/dev/null; kill -CONT ${pid}`], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.on('error', () => undefined);
  guard.stdin.on('error', () => undefined);
  guard.unref();
  process.kill(pid, 'SIGSTOP');
  for (let look = 0; look < LOOKS; look += 1) {
    const state = await stateOf(pid);
    if (state === 'T')
      return { proof: `process ${pid} stood still (state T)`, thaw: () => guard.stdin.end() };
    await sleep(LOOK_MS);
  }
  guard.stdin.end();
  throw new Error(`Expected process ${pid} to stand still after SIGSTOP; it does not.`);
}

/** The letter in /proc/PID/stat that follows the program's name in parentheses. */
async function stateOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
}
