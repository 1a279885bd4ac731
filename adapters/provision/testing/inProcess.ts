/** A process of its own that starts a server, to be killed. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { LocalServer } from '../local/localServer.ts';

export interface Started<Server> {
  /** What the process was given, without its functions. */
  readonly server: Server;
  /** Resolves when the process has ended. */
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** Calls `call`, like `startEmbedded()`, of the compiled file `module` of this room, and then waits for its end. */
export async function startInProcess<Server>(
  module: string,
  call: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Started<Server>> {
  const url = new URL(`../../../dist/adapters/provision/${module}.js`, import.meta.url).href;
  const source = `
    const module = await import(${JSON.stringify(url)});
    console.log(JSON.stringify(await module.${call}));
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').once('data', resolve);
    child.once('exit', () => reject(new Error('it ended')));
  });
  return {
    server: JSON.parse(line) as Server,
    kill: async (signal) => {
      child.kill(signal);
      await ended;
    },
  };
}

/** Whether a process runs; one that has ended and was not reaped yet does not. */
export async function isRunning(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat !== undefined) return !/\) [ZX] /.test(stat);
  if (existsSync('/proc')) return false;
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Whether no trace of a local server is left. */
export async function isGone({
  directory,
  serverPid,
  keeperPid,
}: Pick<LocalServer, 'directory' | 'serverPid' | 'keeperPid'>): Promise<boolean> {
  return !existsSync(directory) && !(await isRunning(serverPid)) && !(await isRunning(keeperPid));
}
