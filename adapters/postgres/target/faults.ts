/** Faults of a PostgreSQL server, caused from outside the adapter. Each returns a proof that it happened. */
import type { Client } from 'pg';
import type { Struck } from '../../contract/index.ts';
import { loadDriver } from '../driver.ts';
import { withClient } from './faultClient.ts';
import type { EmbeddedServer } from '../../provision/local/embedded.ts';

/** More than the limit of any server that is used here. */
const MAX_SESSIONS = 2000;
/** How many connections are opened at the same time. */
const CONNECTING = 16;
/** too_many_connections: PostgreSQL manual, "PostgreSQL Error Codes". */
const TOO_MANY = '53300';
/** The longest time that pg_terminate_backend waits for the end of a session, in milliseconds. */
const TERMINATE_MS = 5000;

/** Ends every session with this name. Rejects if there is none. */
export async function terminateSessions(url: string, applicationName: string): Promise<Struck> {
  return await withClient(url, async (client) => {
    const ended = await terminate(client, 'application_name = $1', applicationName);
    if (ended === 0) throw new Error(`Expected sessions of "${applicationName}", but there are none.`);
    return { proof: `the server ended ${ended} sessions of "${applicationName}"` };
  });
}

/** Crashes the server and starts it again: PostgreSQL manual, "Shutting Down the Server", immediate shutdown. */
export async function restartEmbedded(server: EmbeddedServer): Promise<Struck> {
  const before = await withClient(server.url, startTime);
  await server.restart();
  const after = await withClient(server.url, startTime);
  if (before === after) throw new Error(`Expected another server than that of ${before}.`);
  return { proof: `the server of ${before} was stopped at once; another one runs since ${after}` };
}

/**
 * Takes all free connections of the server. Then ends the sessions whose name begins with `applicationName`, and takes
 * their connections too.
 */
export async function exhaustConnections(url: string, applicationName: string): Promise<Struck> {
  const taken: Client[] = [];
  const heal = async (): Promise<void> => {
    await Promise.allSettled(taken.map((client) => client.end()));
  };
  try {
    await takeAll(url, taken);
    const [first] = taken;
    if (first === undefined) throw new Error('Expected a free connection to strike from, but there is none.');
    const ended = await terminate(first, 'starts_with(application_name, $1)', applicationName);
    await takeAll(url, taken);
    return {
      proof: `${taken.length} connections were taken and ${ended} sessions ended; one more was refused`,
      heal,
    };
  } catch (error) {
    await heal();
    throw error;
  }
}

/** Connects until the server refuses. */
async function takeAll(url: string, taken: Client[]): Promise<void> {
  let isFull = false;
  const take = async (): Promise<void> => {
    while (!isFull) {
      if (taken.length >= MAX_SESSIONS)
        throw new Error(`Expected the server to refuse a connection; it gave ${taken.length}.`);
      const client = await connectOrUndefined(url);
      if (client === undefined) isFull = true;
      else taken.push(client);
    }
  };
  await Promise.all(Array.from({ length: CONNECTING }, take));
}

/** Undefined: the server has no connection left. */
async function connectOrUndefined(url: string): Promise<Client | undefined> {
  const { Client } = await loadDriver();
  const client = new Client({ connectionString: url, application_name: 'lockstep pool-exhaustion' });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    if ((error as { code?: unknown }).code === TOO_MANY) return undefined;
    throw error;
  }
}

async function terminate(client: Client, which: string, applicationName: string): Promise<number> {
  const { rows } = await client.query<{ ended: boolean }>(
    // Only sessions of this role and database, because others may give their sessions any name.
    `SELECT pg_terminate_backend(pid, ${TERMINATE_MS}) AS ended FROM pg_stat_activity
      WHERE usename = current_user AND datname = current_database() AND ${which}`,
    [applicationName],
  );
  return rows.filter(({ ended }) => ended).length;
}

async function startTime(client: Client): Promise<string> {
  const { rows } = await client.query<{ at: string }>('SELECT pg_postmaster_start_time()::text AS at');
  return rows[0]?.at ?? '';
}
