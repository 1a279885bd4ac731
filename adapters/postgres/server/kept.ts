/** Starts a server that lives exactly as long as this process wants it to. */
import { spawn, type ChildProcess } from 'node:child_process';
import { rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { createRunDirectory, removeAbandoned, type KeeperMessage, type KeeperTask } from './runDirectory.ts';

export interface KeptServer {
  /** Connects to it. Holds the password. */
  readonly url: string;
  readonly directory: string;
  readonly serverPid: number;
  readonly keeperPid: number;
  /** Stops the server and removes what it wrote. Idempotent. */
  stop(): Promise<void>;
}

/** How long a first start may take, in milliseconds: it makes a cluster, perhaps on a slow disk. */
const START_TIMEOUT_MS = 60_000;
/** How long the keeper may take to clean up, in milliseconds, before it is killed and its guard does it. */
const STOP_TIMEOUT_MS = 20_000;
/** How much of the keeper's messages is kept for an error. */
const MAX_MESSAGES = 4_000;

/**
 * Starts what `task` describes, on the loopback interface and with its files in a temporary directory. A process of
 * its own (the keeper) stops it and removes them when `stop` is called or when this process is gone. Rejects with an
 * Error that says what went wrong; nothing is left then.
 */
export async function startKept(task: KeeperTask): Promise<KeptServer> {
  await removeAbandoned();
  const directory = await createRunDirectory();
  const keeper = spawn(process.execPath, [keeperEntry(), directory], {
    cwd: '/',
    // Its own process group: a terminal's Ctrl-C must not reach it before its parent has ended.
    detached: true,
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => keeper.once('close', () => resolve()));
  const stop = async (): Promise<void> => {
    keeper.stdin.destroy();
    const timer = setTimeout(() => keeper.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(timer);
  };
  try {
    keeper.stdin.on('error', () => undefined);
    // Not an argument: other users can read those, and the task may hold a password.
    keeper.stdin.write(`${JSON.stringify(task)}\n`);
    const { url, serverPid } = await readyOf(keeper);
    letGo(keeper);
    return { url, directory, serverPid, keeperPid: keeper.pid ?? 0, stop };
  } catch (error) {
    await stop();
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

/** Child processes run compiled code, also when this file is run from source by a test. */
function keeperEntry(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  if (!import.meta.url.endsWith('.ts')) return join(here, 'keeper.js');
  return join(here, '..', '..', '..', 'dist', 'adapters', 'postgres', 'server', 'keeper.js');
}

async function readyOf(
  keeper: ChildProcess & { readonly stdout: Readable; readonly stderr: Readable },
): Promise<KeeperMessage & { ok: true }> {
  let messages = '';
  keeper.stderr.setEncoding('utf8').on('data', (text: string) => {
    messages = (messages + text).slice(-MAX_MESSAGES);
  });
  const line = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`it was not ready after ${START_TIMEOUT_MS} ms`)),
      START_TIMEOUT_MS,
    );
    keeper.once('error', reject);
    keeper.once('close', () =>
      reject(new Error(`its keeper ended: ${messages.trim() || 'it said nothing'}`)),
    );
    createInterface(keeper.stdout).once('line', resolve);
    keeper.once('close', () => clearTimeout(timer));
    keeper.stdout.once('data', () => clearTimeout(timer));
  });
  const message = JSON.parse(line) as KeeperMessage;
  if (!message.ok) throw new Error(message.message);
  return message;
}

/** The keeper is held by its standard input alone, which must not keep this process alive. */
function letGo(keeper: ChildProcess): void {
  keeper.unref();
  for (const stream of [keeper.stdin, keeper.stdout, keeper.stderr]) (stream as Socket).unref();
}
