/** Starts keepers from the process that uses the server: a keeper removes its server when that process is gone. */
import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { ownEnvironment } from '../../postgres/driver.ts';
import { RESTART, type KeeperMessage } from './lifecycle.ts';

/** How long a keeper may take to clean up, in milliseconds, before it is killed and its guard does it. */
const STOP_TIMEOUT_MS = 20_000;
/** How much of a keeper's messages is kept for an error. */
const MAX_MESSAGES = 4_000;

export interface KeeperOptions {
  /** Its file, from `adapters/provision/` on, without `.js`. */
  readonly module: string;
  readonly arguments: readonly string[];
  /** What it is told in one line of JSON: other users can read arguments, and a task may hold a password. */
  readonly task?: object;
  /** How long it may take to start the server, in milliseconds. */
  readonly timeoutMs: number;
}

/** A keeper whose server runs; `ready` is what it said about it. */
export interface StartedKeeper<Ready> {
  readonly ready: Ready;
  readonly pid: number;
  /** Has the server crash and start again. Rejects with what the keeper said. */
  restart(): Promise<void>;
  /** Has the server removed. Idempotent. */
  stop(): Promise<void>;
}

/** Throws Error with what the keeper said, when the server did not start; nothing is left of it then. */
export async function startKeeper<Ready extends object>(
  options: KeeperOptions,
): Promise<StartedKeeper<Ready>> {
  const keeper = spawn(process.execPath, [entryOf(options.module), ...options.arguments], {
    cwd: '/',
    // Its own process group: a terminal's Ctrl-C must not reach it before its parent has ended.
    detached: true,
    // Without the mark by which the descendants of a host are found and ended: it cleans up after that one.
    env: { ...ownEnvironment(), NODE_OPTIONS: '', LOCKSTEP_MARK: undefined },
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
    // The keeper may have ended before it was told.
    keeper.stdin.on('error', () => undefined);
    if (options.task !== undefined) keeper.stdin.write(`${JSON.stringify(options.task)}\n`);
    const answers = answersOf(keeper);
    const ready = await answers.next<Ready>(options.timeoutMs);
    letGo(keeper);
    const restart = async (): Promise<void> => {
      keeper.stdin.write(`${RESTART}\n`);
      await answers.next(options.timeoutMs);
    };
    return { ready, pid: keeper.pid ?? 0, restart, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Child processes run compiled code, also when this file is run from source by a test. */
function entryOf(module: string): string {
  const here = dirname(fileURLToPath(import.meta.url));
  if (!import.meta.url.endsWith('.ts')) return join(here, '..', `${module}.js`);
  return join(here, '..', '..', '..', 'dist', 'adapters', 'provision', `${module}.js`);
}

interface Answers {
  /** What the keeper says next. Rejects when it failed, ended, or said nothing in time. */
  next<Said extends object>(timeoutMs: number): Promise<Said>;
}

function answersOf(keeper: ChildProcess & { readonly stdout: Readable; readonly stderr: Readable }): Answers {
  let messages = '';
  keeper.stderr.setEncoding('utf8').on('data', (text: string) => {
    messages = (messages + text).slice(-MAX_MESSAGES);
  });
  const lines = createInterface(keeper.stdout);
  const line = (timeoutMs: number): Promise<string> =>
    new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`it was not ready after ${timeoutMs} ms`)), timeoutMs);
      const settle = <A>(how: (argument: A) => void): ((argument: A) => void) => {
        return (argument) => {
          clearTimeout(timer);
          how(argument);
        };
      };
      keeper.once('error', settle(reject));
      keeper.once(
        'close',
        settle(() => reject(new Error(`its keeper ended: ${messages.trim() || 'it said nothing'}`))),
      );
      lines.once('line', settle(resolve));
    });
  return {
    async next<Said extends object>(timeoutMs: number): Promise<Said> {
      const message = JSON.parse(await line(timeoutMs)) as KeeperMessage<Said>;
      if (!message.ok) throw new Error(message.message);
      return message;
    },
  };
}

/** The keeper is held by its standard input alone, which must not keep this process alive. */
function letGo(keeper: ChildProcess): void {
  keeper.unref();
  for (const stream of [keeper.stdin, keeper.stdout, keeper.stderr]) (stream as Socket).unref();
}
