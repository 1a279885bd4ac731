/** Starts PostgreSQL in a container, for exactly as long as this process needs it. */
import { randomBytes } from 'node:crypto';
import { StorageError } from '../../contract/index.ts';
import { startKeeper } from '../keeper/startKeeper.ts';

/** What its keeper says about it. */
export interface ContainerReady {
  /** Connects as superuser. Holds the password. */
  readonly url: string;
  /** The digest of the image that runs, whatever its name means tomorrow. */
  readonly imageId: string;
}

export interface ContainerServer extends ContainerReady {
  /** The container's name. */
  readonly name: string;
  readonly keeperPid: number;
  /** Removes the container and its data. Idempotent. */
  stop(): Promise<void>;
}

/** How long a start may take, in milliseconds: the keeper's own limits for pulling and starting, and a little more. */
const START_TIMEOUT_MS = 285_000;

/**
 * Starts a server of `image` on a random loopback port, with a random password. A process of its own (the keeper)
 * removes the container when `stop` is called or when this process is gone. Errors: UNAVAILABLE.
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
