/**
 * Starts keepers. It runs in the process that uses the server. The keeper removes its server when that process has
 * ended.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { ownEnvironment } from '../../postgres/driver.ts';
import { RESTART, type KeeperMessage } from './lifecycle.ts';

/** The time in which a keeper may clean up, in milliseconds. After it, the keeper is killed and its guard cleans up. */
const STOP_TIMEOUT_MS = 20_000;
/** The most characters of a keeper's messages that are kept for an error. */
const MAX_MESSAGES = 4_000;

export interface KeeperOptions {
  /** The keeper's file, relative to `adapters/provision/`, without `.js`. */
  readonly module: string;
  readonly arguments: readonly string[];
  /**
   * The keeper's task, sent as one line of JSON. It is not passed as an argument, because other users can read
   * arguments and a task may contain a password.
   */
  readonly task?: object;
  /** The longest time until the server has started, in milliseconds. */
  readonly timeoutMs: number;
}

/** A keeper whose server runs. `ready` is what the keeper reported about the server. */
export interface StartedKeeper<Ready> {
  readonly ready: Ready;
  readonly pid: number;
  /** Crashes the server and starts it again. Rejects with the keeper's message. */
  restart(): Promise<void>;
  /** Removes the server. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Starts a keeper. If the server does not start, it throws Error with the keeper's message, and nothing is left over.
 */
export async function startKeeper<Ready extends object>(
  options: KeeperOptions,
): Promise<StartedKeeper<Ready>> {
  const keeper = spawn(process.execPath, [entryOf(options.module), ...options.arguments], {
    cwd: '/',
    // Run in a process group of its own, so that a terminal's Ctrl-C does not reach it before its parent has ended.
    detached: true,
    // Run without the mark by which the descendants of a host are found and ended, because the keeper cleans up after
    // that host.
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
    // The keeper may have ended before it has read its task.
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

/** Child processes run compiled code, even if a test runs this file from source. */
function entryOf(module: string): string {
  const here = dirname(fileURLToPath(import.meta.url));
  if (!import.meta.url.endsWith('.ts')) return join(here, '..', `${module}.js`);
  return join(here, '..', '..', '..', 'dist', 'adapters', 'provision', `${module}.js`);
}

interface Answers {
  /** The keeper's next message. Rejects if the keeper failed or ended, or sent nothing in time. */
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

/** Lets this process exit while the keeper runs. The keeper notices the end of this process at its standard input. */
function letGo(keeper: ChildProcess): void {
  keeper.unref();
  for (const stream of [keeper.stdin, keeper.stdout, keeper.stderr]) (stream as Socket).unref();
}
