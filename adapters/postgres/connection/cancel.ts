/**
 * Cancels what a connection runs: PostgreSQL manual, "Canceling Requests in Progress". The request uses its own socket,
 * because the pool may be exhausted. It opens no session, which would cost ten times as much. Poolers forward it to the
 * session that currently serves the connection.
 */
import type { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import type { PoolClient } from 'pg';
import { loadDriver } from '../driver.ts';
import type { ResolvedOptions } from '../options.ts';

/** Members that pg has and its types lack. */
interface Wire extends EventEmitter {
  readonly stream: Duplex;
  connect(port: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processID: number, secretKey: number): void;
}
interface Known {
  readonly host: string;
  readonly port: number;
  readonly ssl: unknown;
  readonly sslNegotiation: string;
  readonly connection: Wire;
  readonly processID: number;
  readonly secretKey: number;
}

/**
 * Resolves when the server has signaled the session of `client`, or when the server could not be reached within
 * connectTimeoutMs. A session that runs nothing drops the signal. Never rejects.
 */
export async function requestCancel(
  client: PoolClient,
  connectionString: string,
  { connectTimeoutMs }: ResolvedOptions,
): Promise<void> {
  const { Client } = await loadDriver();
  const { processID, secretKey } = client as unknown as Known;
  // This client only supplies the address and the way to connect; it never logs in.
  const known = new Client({ connectionString }) as unknown as Known;
  const { host, port, ssl, sslNegotiation, connection } = known;
  await new Promise<void>((resolve) => {
    const send = (): void => connection.cancel(processID, secretKey);
    const timer = setTimeout(() => connection.stream.destroy(), connectTimeoutMs);
    connection.on('connect', () => {
      if (!ssl) send();
      else if (sslNegotiation !== 'direct') connection.requestSsl();
    });
    connection.on('sslconnect', send);
    connection.on('error', () => connection.stream.destroy());
    // The server ends the connection after it has sent the signal.
    connection.on('end', () => {
      clearTimeout(timer);
      resolve();
    });
    if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${port}`);
    else connection.connect(port, host);
  });
}
