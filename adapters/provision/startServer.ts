/** Starts servers, in a container or as embedded PostgreSQL. */
import type { Json } from '../contract/index.ts';
import { startContainer } from './container/container.ts';
import { startEmbedded, type EmbeddedServer } from './local/embedded.ts';
import type { Where } from './where.ts';

export interface StartedServer {
  /** Connects as superuser. Contains the password. */
  readonly url: string;
  /** Where the server runs, for the report. */
  readonly origin: { readonly [key: string]: Json };
  /** Present if the server runs in a directory of this machine. Then a standby of it can be created. */
  readonly embedded?: EmbeddedServer;
  /** Stops the server and removes its data. Idempotent. */
  stop(): Promise<void>;
}

/** Starts a server. Errors: UNAVAILABLE. */
export async function startServerAt(where: Exclude<Where, { kind: 'url' }>): Promise<StartedServer> {
  if (where.kind === 'embedded') {
    const server = await startEmbedded();
    return {
      url: server.url,
      origin: { source: 'embedded' },
      embedded: server,
      stop: () => server.stop(),
    };
  }
  const { image } = where;
  const server = await startContainer(image);
  const origin = { source: 'docker', image, imageId: server.imageId };
  return { url: server.url, origin, stop: () => server.stop() };
}
