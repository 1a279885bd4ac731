/** Starts an embedded PostgreSQL server. */
import { StorageError } from '../../contract/index.ts';
import { startKept, type KeptServer } from './kept.ts';

/** Its URL connects as superuser. */
export type EmbeddedServer = KeptServer;

/**
 * Starts a server on a random loopback port, with a random password and its data in a temporary directory; see
 * startKept. Errors: UNAVAILABLE.
 */
export async function startEmbedded(): Promise<EmbeddedServer> {
  try {
    return await startKept({ kind: 'server' });
  } catch (error) {
    throw new StorageError(
      'UNAVAILABLE',
      `Expected an embedded PostgreSQL server to start, but ${(error as Error).message}. Name a running server with --pg URL or DATABASE_URL instead.`,
      { cause: error },
    );
  }
}
