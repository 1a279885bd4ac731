/**
 * The life of a keeper process. A keeper starts a server. When the process that started the keeper ends, in whatever
 * way, the keeper removes the server and all its files. It notices the end because its parent holds the other end of
 * its standard input.
 *
 * A keeper runs detached, so that a terminal's Ctrl-C reaches only its parent. It writes lines of JSON to standard
 * output, each a KeeperMessage.
 */
import { spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';

/** A message on the keeper's standard output. */
export type KeeperMessage<Ready> =
  | ({ readonly ok: true } & Ready)
  | { readonly ok: false; readonly message: string };

/** The server that one keeper starts and removes. */
export interface KeeperServer<Ready extends object> {
  /**
   * The fallback for a killed keeper: a shell script, so that `killall node` does not find it. It waits for the end of
   * its standard input, which comes when the keeper is killed, and then removes the server. `$1` is `guarded`.
   */
  readonly guard: string;
  readonly guarded: string;
  /**
   * Starts the server and returns how to reach it. `gone` is aborted when nobody needs the server any more. `start`
   * aborts it itself when the server has stopped. `told` is the first line of standard input. It rejects if the parent
   * ends before it has written a line.
   */
  start(gone: AbortController, told: Promise<string>): Promise<Ready>;
  /** Crashes the server and starts it again on the same port. Absent if this keeper cannot do that. */
  restart?(gone: AbortController): Promise<void>;
  /** Removes everything that `start` has created, even if `start` failed halfway. */
  remove(): Promise<void>;
}

/**
 * The line that the parent writes to request a restart, once the server runs. The keeper answers with a KeeperMessage.
 */
export const RESTART = 'restart';

/** Keeps the server until nobody needs it any more, and then ends the process. */
export async function keep<Ready extends object>(server: KeeperServer<Ready>): Promise<never> {
  const gone = new AbortController();
  for (const event of ['end', 'error', 'close'] as const) process.stdin.on(event, () => gone.abort());
  const lines = createInterface(process.stdin);
  const told = firstLine(lines);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => gone.abort());
  // The parent may end before it has read the line.
  process.stdout.on('error', () => undefined);
  startGuard(server);
  const ended = new Promise((resolve) => gone.signal.addEventListener('abort', resolve, { once: true }));
  try {
    say<Ready>({ ok: true, ...(await server.start(gone, told)) });
    lines.on('line', (line) => {
      if (line === RESTART) void answerRestart(server, gone);
    });
    await ended;
  } catch (error) {
    const { message, stderr } = error as Error & { stderr?: string };
    say({ ok: false, message: stderr?.trim() || message });
  } finally {
    await server.remove();
  }
  process.exit(0);
}

async function answerRestart(
  { restart }: Pick<KeeperServer<object>, 'restart'>,
  gone: AbortController,
): Promise<void> {
  try {
    if (restart === undefined) throw new Error('this keeper cannot restart its server');
    await restart(gone);
    say({ ok: true });
  } catch (error) {
    say({ ok: false, message: (error as Error).message });
  }
}

/** The first line of standard input. Reading continues to the end, because the end shows that the parent is gone. */
function firstLine(lines: Interface): Promise<string> {
  const line = new Promise<string>((resolve, reject) => {
    lines.once('line', resolve);
    lines.once('close', () => reject(new Error('expected a task on standard input')));
  });
  // Not every keeper has a task.
  line.catch(() => undefined);
  return line;
}

function startGuard({ guard, guarded }: Pick<KeeperServer<object>, 'guard' | 'guarded'>): void {
  const child = spawn('/bin/sh', ['-c', guard, 'lockstep-postgres-guard', guarded], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.on('error', () => undefined);
  child.unref();
}

function say<Ready>(message: KeeperMessage<Ready>): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
