/** The URLs of servers that lockstep starts itself. */

/**
 * What drivers of other adapters would else take from PGSSLMODE and the like: those are meant for servers of the user's.
 * This one speaks no TLS, and listens on the loopback interface alone.
 */
const SETTINGS = 'sslmode=disable&sslnegotiation=postgres&client_encoding=UTF8';

export function loopbackUrl(user: string, password: string, port: number, database: string): string {
  return `postgresql://${user}:${password}@127.0.0.1:${port}/${database}?${SETTINGS}`;
}
