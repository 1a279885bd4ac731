/** Starts a server on this machine in a directory of its own. It runs only as long as this process needs it. */
import { rm } from 'node:fs/promises';
import { startKeeper } from '../keeper/startKeeper.ts';
import { createRunDirectory, removeAbandoned, type KeeperTask } from './runDirectory.ts';
import { removeUnused } from './template.ts';

/** What the keeper reports about the server. */
export interface LocalReady {
  /** Connects to the server. Contains the password. */
  readonly url: string;
  readonly serverPid: number;
}

export interface LocalServer extends LocalReady {
  readonly directory: string;
  readonly keeperPid: number;
  /** Crashes the server and starts it again at the same URL. If that fails, it rejects and the server is gone. */
  restart(): Promise<void>;
  /** Stops the server and removes its files. Idempotent. */
  stop(): Promise<void>;
}

/** The longest time that a first start may take, in milliseconds: it creates a cluster, perhaps on a slow disk. */
const START_TIMEOUT_MS = 60_000;

/**
 * Starts the server that `task` describes, on the loopback interface and with its files in a temporary directory. A
 * separate process (the keeper) stops the server and removes the files when `stop` is called or when this process ends.
 * If it fails, it rejects with an Error that states the reason, and leaves nothing behind.
 */
export async function startLocalServer(task: KeeperTask): Promise<LocalServer> {
  await removeAbandoned();
  await removeUnused();
  const directory = await createRunDirectory();
  try {
    const keeper = await startKeeper<LocalReady>({
      module: 'local/localKeeper',
      arguments: [directory],
      task,
      timeoutMs: START_TIMEOUT_MS,
    });
    const { url, serverPid } = keeper.ready;
    return {
      url,
      serverPid,
      directory,
      keeperPid: keeper.pid,
      restart: () => keeper.restart(),
      stop: () => keeper.stop(),
    };
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}
