/** Servers that lockstep starts itself, whatever they run in. */
import type { Json } from '../contract/index.ts';
import { startContainer } from './container/container.ts';
import { startEmbedded, type EmbeddedServer } from './local/embedded.ts';
import type { Where } from './where.ts';

export interface StartedServer {
  /** Connects as superuser. Holds the password. */
  readonly url: string;
  /** What it runs in, for the report. */
  readonly origin: { readonly [key: string]: Json };
  /** Absent unless it runs in a directory of this machine: of it a standby can be made. */
  readonly embedded?: EmbeddedServer;
  /** Stops the server and removes its data. Idempotent. */
  stop(): Promise<void>;
}

/** Errors: UNAVAILABLE. */
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
