/** A session of the pools, and what is known about it for as long as it lasts. */
import type { PoolClient } from 'pg';
import type { Prepared } from './flight.ts';

export class PooledSession {
  static readonly #known = new WeakMap<PoolClient, PooledSession>();
  readonly client: PoolClient;
  readonly prepared: Prepared = new Map();
  /** The writer that the session is marked with, as `writerText` names it. Empty: a writer without an epoch. */
  writer = '';
  /** The connection that uses the session now. It is told when the session is lost. */
  user: { lose(error: Error): void } | undefined;

  private constructor(client: PoolClient) {
    this.client = client;
    const onLost = (error = new Error('Connection terminated')): void => this.user?.lose(error);
    // Without an 'error' handler, a broken connection of a checked-out client would end the process.
    client.on('error', onLost);
    client.on('end', onLost);
  }

  static of(client: PoolClient): PooledSession {
    let session = PooledSession.#known.get(client);
    if (session === undefined) {
      session = new PooledSession(client);
      PooledSession.#known.set(client, session);
    }
    return session;
  }
}
