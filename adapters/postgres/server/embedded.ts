/** Starts an embedded PostgreSQL server. */
import { join } from 'node:path';
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
      `Expected an embedded PostgreSQL server to start, but ${(error as Error).message}. Name a running server with --pg URL or LOCKSTEP_PG instead.`,
      { cause: error },
    );
  }
}

/**
 * Starts a standby of `primary` that shows what is committed there `lagMs` later. Once a primary. Its superuser and
 * password are the primary's. Errors: UNAVAILABLE.
 */
export async function startStandby(primary: EmbeddedServer, lagMs: number): Promise<KeptServer> {
  try {
    const data = join(primary.directory, 'data');
    return await startKept({ kind: 'standby', url: primary.url, data, lagMs });
  } catch (error) {
    throw new StorageError(
      'UNAVAILABLE',
      `Expected a standby of the embedded PostgreSQL server to start, but ${(error as Error).message}.`,
      { cause: error },
    );
  }
}
