/** Starts PostgreSQL in a container that runs only as long as this process needs it. */
import { randomBytes } from 'node:crypto';
import { StorageError } from '../../contract/index.ts';
import { startKeeper } from '../keeper/startKeeper.ts';

/** What the keeper reports about the container. */
export interface ContainerReady {
  /** Connects as superuser. Contains the password. */
  readonly url: string;
  /** The digest of the image that runs. The name of an image can later refer to another one. */
  readonly imageId: string;
}

export interface ContainerServer extends ContainerReady {
  /** The container's name. */
  readonly name: string;
  readonly keeperPid: number;
  /** Removes the container and its data. Idempotent. */
  stop(): Promise<void>;
}

/**
 * The longest time a start may take, in milliseconds: the keeper's own limits for pulling and starting, plus a margin.
 */
const START_TIMEOUT_MS = 285_000;

/**
 * Starts a server of `image` on a random loopback port, with a random password. A separate process (the keeper) removes
 * the container when `stop` is called or when this process ends. Errors: UNAVAILABLE.
 */
export async function startContainer(image: string): Promise<ContainerServer> {
  const name = `lockstep-postgres-${randomBytes(6).toString('hex')}`;
  try {
    const keeper = await startKeeper<ContainerReady>({
      module: 'container/containerKeeper',
      arguments: [name, image],
      timeoutMs: START_TIMEOUT_MS,
    });
    const { url, imageId } = keeper.ready;
    return { url, imageId, name, keeperPid: keeper.pid, stop: () => keeper.stop() };
  } catch (error) {
    throw new StorageError(
      'UNAVAILABLE',
      `Expected PostgreSQL to start in a container of ${image}, but ${(error as Error).message}. Or do without a container: --pg embedded, --pg URL.`,
      { cause: error },
    );
  }
}
