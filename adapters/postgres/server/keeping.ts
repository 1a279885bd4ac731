/**
 * What a keeper does: it starts a server and removes every trace of it when the process that started the keeper is
 * gone, however it went: that one holds the other end of the keeper's standard input.
 *
 * It runs detached, so a terminal's Ctrl-C reaches its parent only. It says one line of JSON, a KeeperMessage, on
 * standard output.
 */
import { spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';

/** What a keeper says on its standard output. */
export type KeeperMessage<Ready> =
  | ({ readonly ok: true } & Ready)
  | { readonly ok: false; readonly message: string };

export interface Kept<Ready extends object> {
  /**
   * The second line of defence, in a process that no `kill node` finds: a shell script that first waits for the end of
   * its standard input, which comes when the keeper was killed, and then removes the server. `$1` is `guarded`.
   */
  readonly guard: string;
  readonly guarded: string;
  /**
   * Starts the server and says how it is reached. `gone` is aborted when nobody wants it any more; to abort it says
   * that the server is gone. `told` is the line on standard input; it rejects when the parent is gone before.
   */
  start(gone: AbortController, told: Promise<string>): Promise<Ready>;
  /** Crashes the server and starts it again where it was; absent: this keeper cannot. */
  restart?(gone: AbortController): Promise<void>;
  /** Removes what start has made, also when it failed half-way. */
  remove(): Promise<void>;
}

/** What a keeper can be told, in a line of its own, once its server runs. It answers with a KeeperMessage. */
export const RESTART = 'restart';

/** Keeps the server until nobody wants it any more; then the process ends. */
export async function keep<Ready extends object>(kept: Kept<Ready>): Promise<never> {
  const gone = new AbortController();
  for (const event of ['end', 'error', 'close'] as const) process.stdin.on(event, () => gone.abort());
  const lines = createInterface(process.stdin);
  const told = firstLine(lines);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => gone.abort());
  // The parent may be gone before it has read the line.
  process.stdout.on('error', () => undefined);
  startGuard(kept);
  const ended = new Promise((resolve) => gone.signal.addEventListener('abort', resolve, { once: true }));
  try {
    say<Ready>({ ok: true, ...(await kept.start(gone, told)) });
    lines.on('line', (line) => {
      if (line === RESTART) void answerRestart(kept, gone);
    });
    await ended;
  } catch (error) {
    const { message, stderr } = error as Error & { stderr?: string };
    say({ ok: false, message: stderr?.trim() || message });
  } finally {
    await kept.remove();
  }
  process.exit(0);
}

async function answerRestart(
  { restart }: Pick<Kept<object>, 'restart'>,
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

/** It is read on to the end of standard input, which says that the parent is gone. */
function firstLine(lines: Interface): Promise<string> {
  const line = new Promise<string>((resolve, reject) => {
    lines.once('line', resolve);
    lines.once('close', () => reject(new Error('expected a task on standard input')));
  });
  // Not every keeper has a task.
  line.catch(() => undefined);
  return line;
}

function startGuard({ guard, guarded }: Pick<Kept<object>, 'guard' | 'guarded'>): void {
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
