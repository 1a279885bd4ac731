/** Starts a PostgreSQL server, for targets of other adapters. */
import type { Json } from '../contract/index.ts';
import { reach } from './target/reach.ts';
import { startServerAt } from '../provision/startServer.ts';
import { parseWhere, problemOfWhere, WHERE } from '../provision/where.ts';

export interface RunningPostgres {
  /** Contains a password. The role may do everything if lockstep started the server. */
  readonly url: string;
  /** Versions and settings for the report. It does not contain the URL. */
  readonly environment: { readonly [key: string]: Json };
  /** Stops the server and removes its data. A server that was given by URL keeps running. Idempotent. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts the server that `--pg` asks for: `embedded`, `docker`, `docker:IMAGE`, or nothing for the URL of one that runs. It listens on
 * the loopback interface and ends with this process. Call it in `start` of a target, and make namespaces in it yourself.
 *
 * @throws TypeError for another text; StorageError UNAVAILABLE where the server cannot be started or reached.
 *
 * @example
 * ```ts
 * async start({ pg }) {
 *   const { url, environment, stop } = await startPostgres(pg);
 *   return { connection: { url }, environment, stop };
 * }
 * ```
 */
export async function startPostgres(pg: string): Promise<RunningPostgres> {
  const where = parseWhere(pg);
  if (where === undefined)
    throw new TypeError(
      `startPostgres: expected ${WHERE}, but ${problemOfWhere(pg)}. What came is not shown, as it may hold a password.`,
    );
  if (where.kind === 'url')
    return { url: pg, environment: { source: 'url', ...(await factsOf(pg)) }, stop: async () => {} };
  const server = await startServerAt(where);
  try {
    const environment = { ...server.origin, ...(await factsOf(server.url)) };
    return { url: server.url, environment, stop: () => server.stop() };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function factsOf(url: string): Promise<{ readonly [key: string]: Json }> {
  return (await reach(url)) as { [key: string]: Json };
}
