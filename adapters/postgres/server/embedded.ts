/** Starts an embedded PostgreSQL server that lives exactly as long as this process wants it to. */
import { rm } from 'node:fs/promises';
import { StorageError } from '../../contract/index.ts';
import { startKeeper } from './keepers.ts';
import { createRunDirectory, removeAbandoned } from './runDirectory.ts';

/** What its keeper says about it. */
export interface EmbeddedReady {
  /** Connects as superuser. Holds the password. */
  readonly url: string;
  readonly serverPid: number;
}

export interface EmbeddedServer extends EmbeddedReady {
  readonly directory: string;
  readonly keeperPid: number;
  /** Stops the server and removes its data. Idempotent. */
  stop(): Promise<void>;
}

/** How long a first start may take, in milliseconds: it makes a cluster, perhaps on a slow disk. */
const START_TIMEOUT_MS = 60_000;

/**
 * Starts a server on a random loopback port, with a random password and its data in a temporary directory.
 * A process of its own (the keeper) stops it and removes the data when `stop` is called or when this process is
 * gone. Errors: UNAVAILABLE.
 */
export async function startEmbedded(): Promise<EmbeddedServer> {
  await removeAbandoned();
  const directory = await createRunDirectory();
  try {
    const keeper = await startKeeper<EmbeddedReady>({
      module: 'keeper',
      arguments: [directory],
      timeoutMs: START_TIMEOUT_MS,
    });
    const { url, serverPid } = keeper.ready;
    return { url, serverPid, directory, keeperPid: keeper.pid, stop: () => keeper.stop() };
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw new StorageError(
      'UNAVAILABLE',
      `Expected an embedded PostgreSQL server to start, but ${(error as Error).message}. Name a running server with --pg URL or DATABASE_URL instead.`,
      { cause: error },
    );
  }
}
