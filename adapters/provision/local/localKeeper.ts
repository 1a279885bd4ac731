/**
 * The keeper of one local server: an embedded PostgreSQL, a standby of one, or a pooler. Its argument is the run's
 * directory, and its task is a KeeperTask.
 */
import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unprivilegedAccount } from './account.ts';
import { prepareBinaries } from './binaries.ts';
import {
  createCluster,
  startServer,
  stopServer,
  type ClusterOptions,
  type RunningServer,
} from './cluster.ts';
import { keep } from '../keeper/lifecycle.ts';
import type { LocalReady } from './localServer.ts';
import { startPgBouncer } from './pgbouncer.ts';
import { KEEPER_FILE, type KeeperTask } from './runDirectory.ts';
import { SUPERUSER } from '../settings.ts';
import { copyPrimary, STANDBY_SETTINGS } from './standby.ts';
import { loopbackUrl } from '../loopbackUrl.ts';

/**
 * Stops the server and removes the directory. Its loops end after ten seconds at the latest. It waits for the removal
 * of the server's pid file instead of the end of its process, because there may be no process that reaps it. A pooler
 * has no data and is killed.
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

let server: RunningServer | undefined;
/** The options with which the server was started. Undefined for a pooler. */
let cluster: ClusterOptions | undefined;

async function start(at: string, task: KeeperTask, gone: AbortController): Promise<LocalReady> {
  const account = await unprivilegedAccount();
  if (task.kind === 'pgbouncer') {
    const started = await startPgBouncer({ directory: at, account, signal: gone.signal, ...task });
    return keepRunning(started, started.url, gone);
  }
  const binaries = await prepareBinaries(at, account);
  // A standby uses the primary's password.
  const password = task.kind === 'standby' ? new URL(task.url).password : randomBytes(16).toString('hex');
  const settings = task.kind === 'standby' ? STANDBY_SETTINGS : {};
  const options = { directory: at, binaries, account, password, settings, signal: gone.signal };
  if (task.kind === 'standby') await copyPrimary(task, at, account);
  else await createCluster(options);
  cluster = options;
  const started = await startServer(options);
  const url = loopbackUrl(SUPERUSER, password, started.port, 'postgres');
  return keepRunning(started, url, gone);
}

function keepRunning(started: RunningServer, url: string, gone: AbortController): LocalReady {
  hold(started, gone);
  return { url, serverPid: started.process.pid ?? 0 };
}

function hold(started: RunningServer, gone: AbortController): void {
  server = started;
  started.process.once('exit', () => {
    // Ignore the end of a server that is being restarted.
    if (server === started) gone.abort();
  });
}

/** Restarts the server as after a crash, without a checkpoint. It must recover everything from its write-ahead log. */
async function restart(gone: AbortController): Promise<void> {
  const running = server;
  if (running === undefined || cluster === undefined) throw new Error('there is no server to restart');
  server = undefined;
  await stopServer(running.process);
  hold(await startServer(cluster, running.port), gone);
}

await keep<LocalReady>({
  restart,
  guard: GUARD,
  guarded: directory,
  start: async (gone, told) => {
    await writeFile(join(directory, KEEPER_FILE), String(process.pid));
    return await start(directory, JSON.parse(await told) as KeeperTask, gone);
  },
  remove: async () => {
    if (server !== undefined) await stopServer(server.process);
    await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  },
});
