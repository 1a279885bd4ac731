/** Starts an embedded PostgreSQL server. */
import { join } from 'node:path';
import { StorageError } from '../../contract/index.ts';
import { startLocalServer, type LocalServer } from './localServer.ts';

/** Its URL connects as superuser. */
export type EmbeddedServer = LocalServer;

/**
 * Starts a server on a random loopback port, with a random password and its data in a temporary directory. See
 * startLocalServer. Errors: UNAVAILABLE.
 */
export async function startEmbedded(): Promise<EmbeddedServer> {
  try {
    return await startLocalServer({ kind: 'server' });
  } catch (error) {
    throw new StorageError(
      'UNAVAILABLE',
      `Expected an embedded PostgreSQL server to start, but ${(error as Error).message}. Name a running server with --pg URL or LOCKSTEP_PG instead.`,
      { cause: error },
    );
  }
}

/**
 * Starts a standby of `primary` that shows commits of the primary after `lagMs` milliseconds. A primary can have only
 * one. Superuser and password are those of the primary. Errors: UNAVAILABLE.
 */
export async function startStandby(primary: EmbeddedServer, lagMs: number): Promise<LocalServer> {
  try {
    const data = join(primary.directory, 'data');
    return await startLocalServer({ kind: 'standby', url: primary.url, data, lagMs });
  } catch (error) {
    throw new StorageError(
      'UNAVAILABLE',
      `Expected a standby of the embedded PostgreSQL server to start, but ${(error as Error).message}.`,
      { cause: error },
    );
  }
}
