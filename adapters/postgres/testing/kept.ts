/** Kept servers that processes of their own have started, for tests that end these processes. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { KeptServer } from '../server/kept.ts';

type Traces = Omit<KeptServer, 'stop'>;

interface Started {
  readonly server: Traces;
  readonly pid: number;
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** A process that evaluates `call`, of a function of the compiled module server/`module`, and then waits for its end. */
export async function startInProcess(module: string, call: string): Promise<Started> {
  const url = new URL(`../../../dist/adapters/postgres/server/${module}.js`, import.meta.url).href;
  const source = `
    const { ${call.slice(0, call.indexOf('('))} } = await import(${JSON.stringify(url)});
    const { url, directory, serverPid, keeperPid } = await ${call};
    console.log(JSON.stringify({ url, directory, serverPid, keeperPid }));
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').once('data', resolve);
    child.once('exit', () => reject(new Error('it ended')));
  });
  return {
    server: JSON.parse(line) as Traces,
    pid: child.pid ?? 0,
    kill: async (signal) => {
      child.kill(signal);
      await ended;
    },
  };
}

/** Whether a process runs; one that has ended and was not reaped yet does not. */
async function isRunning(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat !== undefined) return !/\) [ZX] /.test(stat);
  if (existsSync('/proc')) return false;
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Whether no trace of it is left. */
export async function isGone({ directory, serverPid, keeperPid }: Traces): Promise<boolean> {
  return !existsSync(directory) && !(await isRunning(serverPid)) && !(await isRunning(keeperPid));
}
