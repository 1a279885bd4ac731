/** The keeper of one embedded PostgreSQL server. Its argument is the run's directory. */
import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unprivilegedAccount } from './account.ts';
import { prepareBinaries } from './binaries.ts';
import { createCluster, startServer, stopServer, type RunningServer } from './cluster.ts';
import type { EmbeddedReady } from './embedded.ts';
import { keep } from './keeping.ts';
import { KEEPER_FILE } from './runDirectory.ts';
import { SUPERUSER } from './settings.ts';

/**
 * Stops the server and removes the directory; its loops are bounded to ten seconds. It waits for the server's pid
 * file, not for its process, which nobody may be there to reap.
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

let server: RunningServer | undefined;

async function start(at: string, gone: AbortController): Promise<EmbeddedReady> {
  await writeFile(join(at, KEEPER_FILE), String(process.pid));
  const account = await unprivilegedAccount();
  const binaries = await prepareBinaries(at, account);
  const password = randomBytes(16).toString('hex');
  const options = { directory: at, binaries, account, password, signal: gone.signal };
  await createCluster(options);
  server = await startServer(options);
  server.process.once('exit', () => gone.abort());
  return {
    url: `postgresql://${SUPERUSER}:${password}@127.0.0.1:${server.port}/postgres`,
    serverPid: server.process.pid ?? 0,
  };
}

await keep({
  guard: GUARD,
  guarded: directory,
  start: (gone) => start(directory, gone),
  remove: async () => {
    if (server !== undefined) await stopServer(server.process);
    await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  },
});
