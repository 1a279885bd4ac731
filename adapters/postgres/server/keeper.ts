/**
 * Keeps one embedded PostgreSQL server for the process that started it, and removes every trace of it when
 * that process is gone, however it went: it holds the other end of this process's standard input.
 *
 * It runs detached, so a terminal's Ctrl-C reaches its parent only. Arguments: the run's directory. It says one
 * line of JSON, a KeeperMessage, on standard output.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unprivilegedAccount } from './account.ts';
import { prepareBinaries } from './binaries.ts';
import { createCluster, startServer, stopServer, SUPERUSER, type RunningServer } from './cluster.ts';
import { KEEPER_FILE, type KeeperMessage } from './runDirectory.ts';

/**
 * The second line of defence, in a process that no `kill node` finds: when the keeper itself was killed, the
 * guard's `cat` ends, and it stops the server and removes the directory. Its loops are bounded to ten seconds.
 * It waits for the server's pid file, not for its process, which nobody may be there to reap.
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
n=0; while [ -e "$1" ] && [ $n -lt 100 ]; do rm -rf "$1" || sleep 0.1; n=$((n+1)); done
`;

const directory = process.argv[2];
if (directory === undefined) throw new Error('Expected the run directory as the only argument.');

const aborted = new AbortController();
let server: RunningServer | undefined;

async function start(at: string): Promise<string> {
  const account = await unprivilegedAccount();
  const binaries = await prepareBinaries(at, account);
  const password = randomBytes(16).toString('hex');
  const options = { directory: at, binaries, account, password, signal: aborted.signal };
  await createCluster(options);
  server = await startServer(options);
  server.process.once('exit', () => aborted.abort());
  return `postgresql://${SUPERUSER}:${password}@127.0.0.1:${server.port}/postgres`;
}

async function keep(at: string): Promise<void> {
  await writeFile(join(at, KEEPER_FILE), String(process.pid));
  guard(at);
  const gone = new Promise((resolve) => aborted.signal.addEventListener('abort', resolve, { once: true }));
  try {
    say({ ok: true, url: await start(at), serverPid: server?.process.pid ?? 0 });
    await gone;
  } catch (error) {
    const { message, stderr } = error as Error & { stderr?: string };
    say({ ok: false, message: stderr?.trim() || message });
  } finally {
    if (server !== undefined) await stopServer(server.process);
    await rm(at, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
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
process.stdin.resume();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => aborted.abort());
// The parent may be gone before it has read the line.
process.stdout.on('error', () => undefined);

await keep(directory);
process.exit(0);
