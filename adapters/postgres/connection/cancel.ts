/**
 * Cancels what a connection runs: PostgreSQL manual, "Canceling Requests in Progress". The request goes over a socket
 * of its own, as the pool may have no connection left, and asks for no session there, which would cost ten times as
 * much. Poolers pass it on to the session that serves the connection now.
 */
import type { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import type { PoolClient } from 'pg';
import { loadDriver } from '../driver.ts';
import type { ResolvedOptions } from '../options.ts';

/** What pg has and its types do not say. */
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
 * Resolves when the server has signaled the session of `client`, which drops the signal if it runs nothing; or when
 * it cannot be reached, within connectTimeoutMs. Never rejects.
 */
export async function requestCancel(
  client: PoolClient,
  connectionString: string,
  { connectTimeoutMs }: ResolvedOptions,
): Promise<void> {
  const { Client } = await loadDriver();
  const { processID, secretKey } = client as unknown as Known;
  // It knows where and how to connect, and is never asked to log in.
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
    // The server ends the connection when it has sent the signal.
    connection.on('end', () => {
      clearTimeout(timer);
      resolve();
    });
    if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${port}`);
    else connection.connect(port, host);
  });
}
