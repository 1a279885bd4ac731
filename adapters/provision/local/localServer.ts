/** Starts a server on this machine, in its own directory, for exactly as long as this process needs it. */
import { rm } from 'node:fs/promises';
import { startKeeper } from '../keeper/startKeeper.ts';
import { createRunDirectory, removeAbandoned, type KeeperTask } from './runDirectory.ts';
import { removeUnused } from './template.ts';

/** What its keeper says about it. */
export interface LocalReady {
  /** Connects to it. Holds the password. */
  readonly url: string;
  readonly serverPid: number;
}

export interface LocalServer extends LocalReady {
  readonly directory: string;
  readonly keeperPid: number;
  /** Crashes the server and starts it again at the same URL. Rejects when that fails; the server is gone then. */
  restart(): Promise<void>;
  /** Stops the server and removes what it wrote. Idempotent. */
  stop(): Promise<void>;
}

/** How long a first start may take, in milliseconds: it makes a cluster, perhaps on a slow disk. */
const START_TIMEOUT_MS = 60_000;

/**
 * Starts what `task` describes, on the loopback interface and with its files in a temporary directory. A process of
 * its own (the keeper) stops it and removes them when `stop` is called or when this process is gone. Rejects with an
 * Error that says what went wrong; nothing is left then.
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
