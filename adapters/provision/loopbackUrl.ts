/** The URLs of servers that lockstep starts itself. */

/**
 * Parameters that drivers of other adapters would otherwise take from PGSSLMODE and the like, which are meant for
 * servers of the user. A server that lockstep starts has no TLS, and listens only on the loopback interface.
 */
const SETTINGS = 'sslmode=disable&sslnegotiation=postgres&client_encoding=UTF8';

export function loopbackUrl(user: string, password: string, port: number, database: string): string {
  return `postgresql://${user}:${password}@127.0.0.1:${port}/${database}?${SETTINGS}`;
}
