/**
 * Keeps one server, an embedded PostgreSQL, a standby of one, or a pooler, for the process that started it, and removes every trace of
 * it when that process is gone, however it went: it holds the other end of this process's standard input.
 *
 * It runs detached, so a terminal's Ctrl-C reaches its parent only. Arguments: the run's directory. It reads one line
 * of JSON, a KeeperTask, and says one, a KeeperMessage.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { unprivilegedAccount } from './account.ts';
import { prepareBinaries } from './binaries.ts';
import { createCluster, startServer, stopServer, SUPERUSER, type RunningServer } from './cluster.ts';
import { startPgBouncer } from './pgbouncer.ts';
import { copyPrimary } from './standby.ts';
import { KEEPER_FILE, type KeeperMessage, type KeeperTask } from './runDirectory.ts';

/**
 * The second line of defence, in a process that no `kill node` finds: when the keeper itself was killed, the
 * guard's `cat` ends, and it stops the server and removes the directory. Its loops are bounded to ten seconds.
 * It waits for the server's pid file, not for its process, which nobody may be there to reap. A pooler holds no data,
 * and is killed.
 */
const GUARD = `
cat >/dev/null
file=$1/data/postmaster.pid
pid=$(head -n 1 "$file" 2>/dev/null)
case $pid in
  ''|*[!0-9]*) ;;
  *) kill -QUIT "$pid" 2>/dev/null
     n=0; while [ -e "$file" ] && [ $n -lt 100 ]; do sleep 0.1; n=$((n+1)); done ;;
esac
pid=$(head -n 1 "$1/pgbouncer.pid" 2>/dev/null)
case $pid in
  ''|*[!0-9]*) ;;
  *) kill -KILL "$pid" 2>/dev/null ;;
esac
n=0; while [ -e "$1" ] && [ $n -lt 100 ]; do rm -rf "$1" || sleep 0.1; n=$((n+1)); done
`;

const directory = process.argv[2];
if (directory === undefined) throw new Error('Expected the run directory as the only argument.');

const aborted = new AbortController();
let server: RunningServer | undefined;

async function start(at: string, task: KeeperTask): Promise<string> {
  const account = await unprivilegedAccount();
  if (task.kind === 'pgbouncer') {
    const started = await startPgBouncer({ directory: at, account, signal: aborted.signal, ...task });
    return keepRunning(started, started.url);
  }
  const binaries = await prepareBinaries(at, account);
  // A standby has the primary's.
  const password = task.kind === 'standby' ? new URL(task.url).password : randomBytes(16).toString('hex');
  const options = { directory: at, binaries, account, password, signal: aborted.signal };
  if (task.kind === 'standby') await copyPrimary(task, at, account);
  else await createCluster(options);
  const started = await startServer(options);
  return keepRunning(started, `postgresql://${SUPERUSER}:${password}@127.0.0.1:${started.port}/postgres`);
}

function keepRunning(started: RunningServer, url: string): string {
  server = started;
  started.process.once('exit', () => aborted.abort());
  return url;
}

async function keep(at: string): Promise<void> {
  await writeFile(join(at, KEEPER_FILE), String(process.pid));
  guard(at);
  const gone = new Promise((resolve) => aborted.signal.addEventListener('abort', resolve, { once: true }));
  try {
    const task = JSON.parse(await firstLine()) as KeeperTask;
    say({ ok: true, url: await start(at, task), serverPid: server?.process.pid ?? 0 });
    await gone;
  } catch (error) {
    const { message, stderr } = error as Error & { stderr?: string };
    say({ ok: false, message: stderr?.trim() || message });
  } finally {
    if (server !== undefined) await stopServer(server.process);
    await rm(at, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
}

/** Rejects when the parent is gone before it has said what to keep. */
function firstLine(): Promise<string> {
  return new Promise((resolve, reject) => {
    const lines = createInterface(process.stdin);
    lines.once('line', resolve);
    lines.once('close', () => reject(new Error('expected a task on standard input')));
  });
}

function guard(at: string): ChildProcess {
  const child = spawn('/bin/sh', ['-c', GUARD, 'lockstep-postgres-guard', at], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.on('error', () => undefined);
  child.unref();
  return child;
}

function say(message: KeeperMessage): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

for (const event of ['end', 'error', 'close'] as const) process.stdin.on(event, () => aborted.abort());
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => aborted.abort());
// The parent may be gone before it has read the line.
process.stdout.on('error', () => undefined);

await keep(directory);
process.exit(0);
